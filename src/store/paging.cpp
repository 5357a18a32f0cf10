#include "store/paging.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/codec.hpp"
#include "base/hexadecimal.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::store {
namespace {

[[noreturn]] void refuse_cursor() {
  throw base::Failure("bad_cursor",
                      "the cursor does not belong to this list and order: ask for the first page again, without one");
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

SortValue number(std::uint64_t value) {
  return {.number = static_cast<std::int64_t>(value), .bytes = {}};
}
SortValue time(base::Time value) {
  return {.number = base::to_unix_seconds(value), .bytes = {}};
}
SortValue bytes(std::string value) {
  return {.number = 0, .bytes = std::move(value)};
}

std::string key_of(const model::Address& address) {
  std::string key(1, address.is_v4() ? '\x04' : '\x06');
  for (const auto byte : std::span(address.bytes()).first(address.is_v4() ? 4 : 16)) key += static_cast<char>(byte);
  return key;
}

SortValue address(const std::optional<model::Address>& value) {
  return bytes(value ? key_of(*value) : std::string());
}

std::string country(const model::Session& session) {
  if (!session.place) return {};
  if (session.place->country) return *session.place->country;
  return session.place->country_code.value_or(std::string());
}

}  // namespace

std::string address_key(std::string_view text) {
  const auto parsed = model::Address::parse(text);
  return parsed ? key_of(*parsed) : std::string();
}

SortValue sort_value(const model::Session& session, contract::SessionSort sort) {
  using enum contract::SessionSort;
  switch (sort) {
    case user:
      return bytes(session.user);
    case server:
      return bytes(session.server);
    case real_address:
      return address(session.real_address);
    case contract::SessionSort::country:
      return bytes(store::country(session));
    case virtual_address:
      return address(session.virtual_address ? session.virtual_address : session.virtual_address6);
    case opened_at:
      return time(session.opened_at);
    case closed_at:
      return time(session.closed_at.value_or(session.last_seen_at));
    case rx_bytes:
      return number(session.rx_bytes);
    case tx_bytes:
      return number(session.tx_bytes);
    case rx_bps:
      return number(session.rx_bps);
    case tx_bps:
      return number(session.tx_bps);
  }
  return {};
}

SortValue sort_value(const contract::UserRow& row, contract::UserSort sort) {
  using enum contract::UserSort;
  switch (sort) {
    case user:
      return bytes(row.user);
    case sessions:
      return number(row.sessions);
    case rx_bytes:
      return number(row.rx_bytes);
    case tx_bytes:
      return number(row.tx_bytes);
    case first_seen_at:
      return time(row.first_seen_at);
    case last_seen_at:
      return time(row.last_seen_at);
  }
  return {};
}

SortValue sort_value(const contract::AttemptRow& row, contract::AttemptSort sort) {
  return sort == contract::AttemptSort::count ? number(row.count) : time(row.last_at);
}

bool is_number(contract::SessionSort sort) {
  return sort >= contract::SessionSort::opened_at;
}
bool is_number(contract::UserSort sort) {
  return sort != contract::UserSort::user;
}

std::string order_name(std::string_view sort, contract::Direction direction) {
  return (direction == contract::Direction::descending ? "-" : "") + std::string(sort);
}

std::string encode(const PageCursor& cursor) {
  return cursor.order + "." + std::to_string(cursor.value.number) + "." + base::hexadecimal(cursor.value.bytes) + "." +
         base::hexadecimal(cursor.key);
}

PageCursor decode(std::string_view text, std::string_view order) {
  const auto parts = base::split(text, '.');
  if (parts.size() != 4 || parts[0] != order) refuse_cursor();
  const auto number = base::parse_number<std::int64_t>(parts[1]);
  auto value = from_hex(parts[2]);
  auto key = from_hex(parts[3]);
  if (!number || !value || !key) refuse_cursor();
  return {.order = std::string(order), .value = {*number, std::move(*value)}, .key = std::move(*key)};
}

std::int64_t session_id(const PageCursor& cursor) {
  const auto id = base::parse_number<std::int64_t>(cursor.key);
  if (!id) refuse_cursor();
  return *id;
}

std::size_t page_size(std::size_t limit) {
  return std::clamp<std::size_t>(limit, 1, 10'000);
}

}  // namespace davylamp::store
