#include "sources/openvpn/real_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::openvpn {
namespace {

struct Expected {
  std::string text;
  std::string address;
  std::optional<std::uint16_t> port;
  std::string protocol;
  Transport transport = Transport::unknown;
};

class RealAddressForms : public ::testing::TestWithParam<Expected> {};

TEST_P(RealAddressForms, AreTakenApart) {
  const Expected& expected = GetParam();
  const auto real = parse_real_address(expected.text);
  ASSERT_TRUE(real.has_value());
  EXPECT_EQ(real->address, expected.address);
  EXPECT_EQ(real->port, expected.port);
  EXPECT_EQ(real->protocol, expected.protocol);
  EXPECT_EQ(real->transport, expected.transport);
}

INSTANTIATE_TEST_SUITE_P(
    All, RealAddressForms,
    ::testing::Values(Expected{"192.0.2.1:5001", "192.0.2.1", 5001, ""},
                      Expected{"192.0.2.1", "192.0.2.1", std::nullopt, ""},
                      // Up to 2.6 an IPv6 client has neither port nor brackets: the last group is no port.
                      Expected{"2001:db8::12", "2001:db8::12", std::nullopt, ""},
                      Expected{"fd99:0:7::", "fd99:0:7::", std::nullopt, ""},
                      Expected{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", std::nullopt, ""},
                      Expected{"::ffff:192.0.2.1", "::ffff:192.0.2.1", std::nullopt, ""},
                      Expected{"[2001:db8::12]:80", "2001:db8::12", 80, ""},
                      Expected{"[2001:db8::12]", "2001:db8::12", std::nullopt, ""},
                      Expected{"udp4:192.0.2.1:9", "192.0.2.1", 9, "udp4", Transport::udp},
                      Expected{"udp6:[fd00::1]:9", "fd00::1", 9, "udp6", Transport::udp},
                      // An IPv4 client of a dual-stack socket.
                      Expected{"udp6:192.0.2.1:9", "192.0.2.1", 9, "udp6", Transport::udp},
                      Expected{"tcp4-server:192.0.2.1:9", "192.0.2.1", 9, "tcp4-server", Transport::tcp},
                      Expected{"tcp6-server:[fd00::1]:9", "fd00::1", 9, "tcp6-server", Transport::tcp},
                      Expected{"tcp6-server:192.0.2.1:9", "192.0.2.1", 9, "tcp6-server", Transport::tcp},
                      Expected{"udp:192.0.2.1", "192.0.2.1", std::nullopt, "udp", Transport::udp},
                      Expected{"udp6:fd00::1", "fd00::1", std::nullopt, "udp6", Transport::udp},
                      Expected{"fe80::1%eth0", "fe80::1%eth0", std::nullopt, ""}));

TEST(RealAddress, MacsMayCarryAVlan) {
  ASSERT_TRUE(parse_real_address("00:ff:de:ad:be:ef").has_value());
  EXPECT_TRUE(parse_real_address("00:ff:de:ad:be:ef")->is_mac);
  EXPECT_EQ(parse_real_address("00:ff:de:ad:be:ef@7")->address, "00:ff:de:ad:be:ef@7");
  EXPECT_FALSE(is_mac("00:ff:de:ad:be:ef@"));
  EXPECT_FALSE(is_mac("00:ff:de:ad:be:e"));
  EXPECT_FALSE(is_mac("00-ff-de-ad-be-ef"));
}

TEST(RealAddress, RefusesWhatIsNone) {
  for (const std::string text : {"",
                                 ":",
                                 "alice",
                                 "192.0.2",
                                 "192.0.2.1.1",
                                 "192.0.2.256",
                                 "192.0.02.1",
                                 "192.0.2.1:",
                                 "192.0.2.1:65536",
                                 "192.0.2.1:-1",
                                 "192.0.2.1:+1",
                                 "192.0.2.1:12x",
                                 "999.1.1.1:5",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1::2::3",
                                 ":::",
                                 "12345::",
                                 "[fd00::1",
                                 "[fd00::1]x",
                                 "[fd00::1]:",
                                 "[192.0.2.1]:5",
                                 "udp4:",
                                 "udp4",
                                 "sctp4:192.0.2.1:5",
                                 "udp4:udp4:192.0.2.1:5",
                                 "fe80::1%",
                                 "1:2:3:4:5:6:7:"}) {
    EXPECT_FALSE(parse_real_address(text).has_value()) << text;
  }
}

TEST(RealAddress, SplitsWhatWasBlackedOut) {
  const RealAddress masked = split_unreadable_address("udp4:x.x.x.x:1194");
  EXPECT_EQ(masked.protocol, "udp4");
  EXPECT_EQ(masked.address, "x.x.x.x");
  EXPECT_EQ(masked.port, 1194);
  EXPECT_EQ(split_unreadable_address("x:y:z").address, "x:y:z");
  EXPECT_EQ(split_unreadable_address("host:port").address, "host:port");
}

}  // namespace
}  // namespace davylamp::openvpn
