#include "model/network.hpp"

#include <gtest/gtest.h>

namespace davylamp::model {
namespace {

bool holds(std::string_view network, std::string_view address) {
  return Network::parse(network).value().contains(Address::parse(address).value());
}

TEST(Network, HoldsTheAddressesOfItsPrefix) {
  EXPECT_TRUE(holds("198.51.100.0/24", "198.51.100.255"));
  EXPECT_FALSE(holds("198.51.100.0/24", "198.51.101.0"));
  EXPECT_TRUE(holds("198.51.100.128/25", "198.51.100.200"));
  EXPECT_FALSE(holds("198.51.100.128/25", "198.51.100.127"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.1"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(Network, OfOneAddressHoldsThatAlone) {
  EXPECT_TRUE(holds("203.0.113.7", "203.0.113.7"));
  EXPECT_FALSE(holds("203.0.113.7", "203.0.113.6"));
}

TEST(Network, NeverHoldsTheOtherFamily) {
  EXPECT_FALSE(holds("::/0", "203.0.113.7"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
}

TEST(Network, IgnoresBitsBeyondThePrefix) {
  EXPECT_EQ(Network::parse("198.51.100.77/24").value().to_string(), "198.51.100.0/24");
  EXPECT_EQ(Network::parse("2001:db8::1/32").value().to_string(), "2001:db8::/32");
}

TEST(Network, RefusesWhatIsNone) {
  for (const auto* text : {"", "x", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "::/129", "1.2.3/8"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

}  // namespace
}  // namespace davylamp::model
