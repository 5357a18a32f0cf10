#include "model/address.hpp"

#include <gtest/gtest.h>

namespace davylamp::model {
namespace {

AddressKind kind_of(std::string_view text) {
  return Address::parse(text).value().kind();
}

}  // namespace

TEST(AddressTest, ReadsAndWritesBothFamilies) {
  for (const char* text : {"192.0.2.7", "0.0.0.0", "2001:db8::1", "::1", "fd99:0:7::"}) {
    EXPECT_EQ(Address::parse(text).value().to_string(), text);
  }
  EXPECT_EQ(Address::parse("::ffff:192.0.2.7").value().to_string(), "192.0.2.7");
}

TEST(AddressTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "192.0.2", "192.0.2.300", "[::1]", "fe80::1%eth0", "host", "1.2.3.4:5"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
  EXPECT_FALSE(Address::parse(std::string(5000, '1')));
  EXPECT_FALSE(Address::parse(std::string_view("::1\0x", 5)));
}

TEST(AddressTest, NamesSpecialRanges) {
  EXPECT_EQ(kind_of("8.8.8.8"), AddressKind::public_);
  EXPECT_EQ(kind_of("172.31.255.255"), AddressKind::private_);
  EXPECT_EQ(kind_of("172.32.0.0"), AddressKind::public_);
  EXPECT_EQ(kind_of("100.64.0.1"), AddressKind::cgnat);
  EXPECT_EQ(kind_of("100.128.0.1"), AddressKind::public_);
  EXPECT_EQ(kind_of("203.0.113.9"), AddressKind::documentation);
  EXPECT_EQ(kind_of("169.254.1.1"), AddressKind::link_local);
  EXPECT_EQ(kind_of("239.1.1.1"), AddressKind::multicast);
  EXPECT_EQ(kind_of("255.255.255.255"), AddressKind::reserved);
  EXPECT_EQ(kind_of("2a00:1450::1"), AddressKind::public_);
  EXPECT_EQ(kind_of("fd00::1"), AddressKind::private_);
  EXPECT_EQ(kind_of("fe80::1"), AddressKind::link_local);
  EXPECT_EQ(kind_of("2001:db8::1"), AddressKind::documentation);
  EXPECT_EQ(kind_of("::1"), AddressKind::loopback);
  EXPECT_EQ(kind_of("4000::1"), AddressKind::reserved);
}

TEST(EndpointTest, BracketsAnIpv6AddressWithAPort) {
  EXPECT_EQ((Endpoint{Address::parse("2001:db8::1").value(), 1194}).to_text(), "[2001:db8::1]:1194");
  EXPECT_EQ((Endpoint{Address::parse("2001:db8::1").value(), {}}).to_text(), "2001:db8::1");
  EXPECT_EQ((Endpoint{Address::parse("192.0.2.1").value(), 5}).to_text(), "192.0.2.1:5");
}

}  // namespace davylamp::model
