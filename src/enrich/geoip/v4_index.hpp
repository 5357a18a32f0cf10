// Where the search tree of an MMDB file stands after the first bits of an IPv4 address.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "enrich/geoip/pages.hpp"

namespace davylamp::geoip {

// Most of a lookup is waiting for memory, once per bit of the address. By the first 16 bits from the first lookup on
// (256 KB); by up to 22 (16 MB, less for a small file) when there are so many lookups that it pays, until let_go().
class V4Index {
 public:
  struct Entry {
    std::uint32_t node;  // a node of the tree, or what the tree has instead of one
    std::uint32_t bit;   // of the address, that decides next
  };
  struct Tree {
    std::uint32_t nodes;          // how many; a number that is not below is no node
    std::uint32_t depth_of_ipv4;  // steps to the left below the root
  };

  // Counts a lookup. True when make() is due before enter().
  bool wants_more() { return ++lookups_ == worth_the_wide || narrow_.empty(); }

  // `child(node, right)` tells what stands below a node.
  template <class Child>
  void make(Tree tree, Child child) {
    if (narrow_.empty()) {
      std::uint32_t root = 0;
      for (unsigned i = 0; i < tree.depth_of_ipv4 && root < tree.nodes; ++i) root = child(root, false);
      narrow_.resize(1U << narrow_bits);
      fill(narrow_.data(), {root, narrow_bits}, tree.nodes, child);
    }
    if (lookups_ < worth_the_wide) return;
    const auto bits = std::min(static_cast<unsigned>(std::bit_width(tree.nodes)), widest_bits + 1) - 1;
    if (tree.nodes == 0 || bits <= narrow_bits) return;
    wide_ = new_pages<std::uint32_t>(1U << bits);
    if (!wide_) return;
    madvise(wide_.get(), sizeof(std::uint32_t) << bits, MADV_HUGEPAGE);
    wide_bits_ = bits;
    for (std::size_t i = 0; i < narrow_.size(); ++i) {
      const auto open = bits - narrow_bits;
      fill(&wide_[i << open], {narrow_[i], open}, tree.nodes, child);
    }
  }

  Entry enter(std::uint32_t address) const {
    if (wide_) return {wide_[address >> (32 - wide_bits_)], 1U << (31 - wide_bits_)};
    return {narrow_[address >> (32 - narrow_bits)], 1U << (31 - narrow_bits)};
  }

  // Begins to fetch what enter() will read.
  void prefetch(std::uint32_t address) const {
    if (wide_) __builtin_prefetch(&wide_[address >> (32 - wide_bits_)]);
  }

  // Gives the wide one back, and counts from zero.
  void let_go() {
    wide_.reset();
    lookups_ = 0;
  }

 private:
  static constexpr unsigned narrow_bits = 16;
  static constexpr unsigned widest_bits = 22;
  static constexpr std::uint64_t worth_the_wide = 200'000;
  struct Here {
    std::uint32_t node;
    unsigned open;  // bits
  };

  // In the order of the addresses, which is mostly that of the file.
  template <class Child>
  static void fill(std::uint32_t* slots, Here here, std::uint32_t nodes, Child child) {  // NOLINT(misc-no-recursion)
    if (here.open == 0 || here.node >= nodes) {
      std::fill_n(slots, 1U << here.open, here.node);
      return;
    }
    const auto open = here.open - 1;
    fill(slots, {child(here.node, false), open}, nodes, child);
    fill(slots + (1U << open), {child(here.node, true), open}, nodes, child);
  }

  std::vector<std::uint32_t> narrow_;
  Pages<std::uint32_t> wide_;
  unsigned wide_bits_ = 0;
  std::uint64_t lookups_ = 0;
};

}  // namespace davylamp::geoip
