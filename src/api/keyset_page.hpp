// A page of rows that are answered from memory, in the order of their keys.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "contract/queries.hpp"

namespace davylamp::api {

// `Key` compares and differs from row to row, so that rows may come and go between two pages: the next page begins
// behind `after`, the key of the last row of the one before. The rows must outlive this.
template <typename Key, typename Row>
class KeysetPage {
 public:
  KeysetPage(contract::Direction direction, std::optional<Key> after)
      : down_(direction == contract::Direction::descending), after_(std::move(after)) {}

  void add(Key key, const Row& row) {
    ++total_;
    if (!after_ || before(*after_, key)) rows_.emplace_back(std::move(key), &row);
  }

  // At most `limit` items, how many rows there are on all pages, and the cursor when there are more. Call once.
  template <typename Page, typename ToCursor>
  Page take(std::size_t limit, const ToCursor& to_cursor) {
    const auto count = std::min(rows_.size(), limit);
    const auto middle = rows_.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(rows_.begin(), middle, rows_.end(),
                      [this](const auto& a, const auto& b) { return before(a.first, b.first); });
    Page page;
    page.total = total_;
    for (auto row = rows_.begin(); row != middle; ++row) page.items.push_back(*row->second);
    if (rows_.size() > count && count > 0) page.next_cursor = to_cursor(rows_[count - 1].first);
    return page;
  }

 private:
  bool before(const Key& a, const Key& b) const { return down_ ? b < a : a < b; }

  bool down_;
  std::optional<Key> after_;
  std::uint64_t total_ = 0;
  std::vector<std::pair<Key, const Row*>> rows_;
};

}  // namespace davylamp::api
