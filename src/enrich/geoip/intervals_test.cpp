#include "enrich/geoip/intervals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace davylamp::geoip {
namespace {

TEST(Intervals, NeighboursAndOverlapsBecomeOne) {
  EXPECT_EQ(normalized({{5, 9}, {0, 3}, {4, 4}, {20, 30}, {25, 26}}), (Intervals{{0, 9}, {20, 30}}));
  const Number top = ~Number{0};
  EXPECT_EQ(normalized({{top, top}, {0, top}}), (Intervals{{0, top}}));
}

TEST(Intervals, WhatIsTakenAwayMayCutInPieces) {
  EXPECT_EQ(without({{0, 10}, {20, 30}}, {{3, 4}, {8, 22}, {30, 40}}), (Intervals{{0, 2}, {5, 7}, {23, 29}}));
  EXPECT_EQ(without({{1, 2}, {4, 5}}, {{0, 9}}), Intervals{});
  const Number top = ~Number{0};
  EXPECT_EQ(without({{0, top}}, {{5, top}}), (Intervals{{0, 4}}));
}

TEST(Intervals, AgreeWithCountingOneByOne) {
  std::mt19937 random(7);
  const auto some = [&] {
    Intervals list;
    for (unsigned i = random() % 8; i > 0; --i) {
      const unsigned first = random() % 60;
      list.push_back({first, first + random() % 9});
    }
    return normalized(list);
  };
  const auto in = [](const Intervals& list, unsigned number) {
    return AddressSet{list, {}}.contains(address_of(number, true));
  };
  for (int round = 0; round < 500; ++round) {
    const auto a = some();
    const auto b = some();
    const auto both = united(a, b);
    const auto rest = without(a, b);
    for (unsigned number = 0; number < 70; ++number) {
      EXPECT_EQ(in(both, number), in(a, number) || in(b, number));
      EXPECT_EQ(in(rest, number), in(a, number) && !in(b, number));
    }
    EXPECT_EQ(normalized(rest), rest);
  }
}

TEST(Intervals, NetworksAreRead) {
  AddressSet set;
  EXPECT_TRUE(add_network(set, "192.0.2.0/25"));
  EXPECT_TRUE(add_network(set, "192.0.2.128/25"));
  EXPECT_TRUE(add_network(set, "2001:db8::/32"));
  EXPECT_EQ(set.v4.size(), 1U);
  EXPECT_TRUE(set.contains(*model::Address::parse("192.0.2.255")));
  EXPECT_TRUE(set.contains(*model::Address::parse("2001:db8:ffff::1")));
  EXPECT_FALSE(set.contains(*model::Address::parse("2001:db9::")));
  for (const auto* bad : {"", "/", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "::/129", "::ffff:1.2.3.4/120", "x",
                          "1.2.3.4/-1", "1.2.3.4 drop", "192.0.2.0/24/1"}) {
    EXPECT_FALSE(add_network(set, bad)) << bad;
  }
  AddressSet all;
  EXPECT_TRUE(add_network(all, "0.0.0.0/0"));
  EXPECT_TRUE(add_network(all, "::/0"));
  EXPECT_EQ(all.v4, (Intervals{{0, 0xFFFFFFFFU}}));
  EXPECT_EQ(all.v6, (Intervals{{0, ~Number{0}}}));
}

}  // namespace
}  // namespace davylamp::geoip
