// Keyset paging: what a list is ordered by, and the opaque cursor that names a place in that order. The place stays
// right while rows are added and removed around it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "contract/queries.hpp"

namespace davylamp::store {

// One of the two is used, depending on the key: numbers and times, or bytes (text, addresses).
struct SortValue {
  std::int64_t number = 0;
  std::string bytes;
  auto operator<=>(const SortValue&) const = default;
};

// Absent values sort before all others. Text sorts by its bytes.
SortValue sort_value(const model::Session& session, contract::SessionSort sort);
SortValue sort_value(const contract::UserRow& row, contract::UserSort sort);
SortValue sort_value(const contract::AttemptRow& row, contract::AttemptSort sort);
bool is_number(contract::SessionSort sort);
bool is_number(contract::UserSort sort);
// Bytes that order as addresses do: IPv4 before IPv6, each by number. Empty for text that is no address.
std::string address_key(std::string_view text);

// `order` is the sort key and direction that the cursor belongs to; `key` is the id, or the user.
struct PageCursor {
  std::string order;
  SortValue value;
  std::string key;
};

std::string order_name(std::string_view sort, contract::Direction direction);
std::string encode(const PageCursor& cursor);
// Throws base::Failure "bad_cursor" for text that encode() did not make for this order.
PageCursor decode(std::string_view text, std::string_view order);
// The id that a session cursor carries; throws as decode() does.
std::int64_t session_id(const PageCursor& cursor);

// Page sizes are kept within 1 and 10,000.
std::size_t page_size(std::size_t limit);

}  // namespace davylamp::store
