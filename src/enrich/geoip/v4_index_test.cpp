#include "enrich/geoip/v4_index.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace davylamp::geoip {
namespace {

// A tree of random networks; a child from `leaf` on is the answer.
struct Tree {
  static constexpr std::uint32_t leaf = 1U << 24U;
  std::vector<std::array<std::uint32_t, 2>> nodes{{leaf, leaf}};

  void add(std::uint32_t network, unsigned length, std::uint32_t answer) {
    std::uint32_t node = 0;
    for (unsigned depth = 0;; ++depth) {
      const bool right = (network >> (31U - depth) & 1U) != 0;
      const auto below = nodes[node][right];
      if (depth + 1 == length) {
        if (below >= leaf) nodes[node][right] = answer;
        return;
      }
      if (below >= leaf) {
        nodes[node][right] = static_cast<std::uint32_t>(nodes.size());
        nodes.push_back({below, below});
      }
      node = nodes[node][right];
    }
  }
  // As an MMDB file has it: what is no node is told by numbers that are not below the count of nodes.
  std::uint32_t child(std::uint32_t node, bool right) const { return nodes[node][right]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes.size()); }
  std::uint32_t walk(std::uint32_t node, std::uint32_t address, std::uint32_t bit) const {
    for (; bit != 0 && node < size(); bit >>= 1U) node = child(node, (address & bit) != 0);
    return node;
  }
};

Tree random_tree(std::mt19937& random, unsigned networks) {
  Tree tree;
  for (std::uint32_t i = 0; i < networks; ++i)
    tree.add(static_cast<std::uint32_t>(random()), 8 + static_cast<unsigned>(random() % 25), Tree::leaf + 1 + i);
  return tree;
}

void expect_the_plain_walk(V4Index& index, const Tree& tree, std::mt19937& random) {
  const auto child = [&tree](std::uint32_t node, bool right) { return tree.child(node, right); };
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t address = i == 0 ? 0 : i == 1 ? 0xFFFFFFFFU : static_cast<std::uint32_t>(random());
    if (index.wants_more()) index.make({tree.size(), 0}, child);
    index.prefetch(address);
    const auto [node, bit] = index.enter(address);
    ASSERT_EQ(tree.walk(node, address, bit), tree.walk(0, address, 1U << 31U)) << address;
  }
}

TEST(V4Index, LeadsWhereTheWalkFromTheRootLeads) {
  std::mt19937 random(7);
  for (const unsigned networks : {0U, 1U, 300U, 40'000U}) {
    const auto tree = random_tree(random, networks);
    V4Index index;
    for (int i = 0; i < 12; ++i) expect_the_plain_walk(index, tree, random);
    index.let_go();
    expect_the_plain_walk(index, tree, random);
  }
}

TEST(V4Index, BecomesWideWhenLookupsAreManyAndNarrowWhenLetGo) {
  std::mt19937 random(8);
  const auto tree = random_tree(random, 40'000);
  V4Index index;
  const auto bit_after = [&](int lookups) {
    for (int i = 0; i < lookups; ++i) {
      if (index.wants_more())
        index.make({tree.size(), 0}, [&](auto node, bool right) { return tree.child(node, right); });
    }
    return index.enter(0).bit;
  };
  EXPECT_EQ(bit_after(1'000), 1U << 15U);
  EXPECT_LT(bit_after(200'000), 1U << 15U);
  index.let_go();
  EXPECT_EQ(bit_after(1'000), 1U << 15U);
}

}  // namespace
}  // namespace davylamp::geoip
