#include "api/session_filter.hpp"

#include <algorithm>

#include "api/auth/token_text.hpp"
#include "api/keyset_page.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"
#include "contract/session_match.hpp"

namespace davylamp::api {
namespace {

using contract::Direction;
using contract::SessionSort;

// Where a page ended. Text may be any bytes, so it travels in base64url.
struct Position {
  std::string text;
  std::uint64_t number = 0;
  model::SessionId id = 0;
};
BOOST_DESCRIBE_STRUCT(Position, (), (text, number, id))

std::string to_cursor(const SortKey& key) {
  return to_base64url(base::json::write(Position{to_base64url(key.text), key.number, key.id}));
}

base::Result<SortKey> from_cursor(const std::string& cursor) {
  const auto json = from_base64url(cursor);
  const auto position = json ? base::json::read<Position>(*json) : base::fail("bad_cursor", "");
  const auto text = position ? from_base64url(position->text) : std::nullopt;
  if (!text || position->id == 0) return base::fail("bad_cursor", "is not a cursor that this server made");
  return SortKey{*text, position->number, position->id};
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return list.empty() || std::ranges::find(list, item) != list.end();
}

bool contains(const std::optional<std::string>& text, std::string_view part) {
  return text && base::contains_ignoring_case(*text, part);
}

bool contains(const std::optional<model::Address>& address, std::string_view part) {
  return address && base::contains_ignoring_case(address->to_string(), part);
}

bool matches_text(const model::Session& session, std::string_view part) {
  if (part.empty() || base::contains_ignoring_case(session.user, part) || contains(session.common_name, part))
    return true;
  if (contains(session.real_address, part) || contains(session.virtual_address, part)) return true;
  if (contains(session.virtual_address6, part)) return true;
  if (!session.place) return false;
  const auto& place = *session.place;
  return contains(place.country, part) || contains(place.city, part) || contains(place.network, part);
}

std::string address_key(const std::optional<model::Address>& address) {
  if (!address) return {};
  const auto& bytes = address->bytes();
  return (address->is_v4() ? "4" : "6") + std::string(bytes.begin(), bytes.end());
}

std::string country_key(const model::Session& session) {
  if (!session.place) return {};
  return session.place->country ? *session.place->country : session.place->country_code.value_or("");
}

std::uint64_t time_key(base::Time time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

}  // namespace

bool matches(const model::Session& session, const contract::SessionQuery& query) {
  if (!contract::had_address_then(session, query)) return false;
  if (!contains(query.servers, session.server) || !contains(query.users, session.user)) return false;
  if (!contains(query.transports, session.transport)) return false;
  if (!query.country_codes.empty()) {
    const auto code = session.place ? session.place->country_code : std::nullopt;
    if (!code || !contains(query.country_codes, *code)) return false;
  }
  return matches_text(session, query.text);
}

SortKey sort_key(const model::Session& session, SessionSort sort) {
  const auto id = session.id;
  switch (sort) {
    case SessionSort::user:
      return {session.user, 0, id};
    case SessionSort::server:
      return {session.server, 0, id};
    case SessionSort::real_address:
      return {address_key(session.real_address), 0, id};
    case SessionSort::country:
      return {country_key(session), 0, id};
    case SessionSort::virtual_address:
      return {address_key(session.virtual_address ? session.virtual_address : session.virtual_address6), 0, id};
    case SessionSort::opened_at:
      return {"", time_key(session.opened_at), id};
    case SessionSort::closed_at:
      return {"", time_key(session.closed_at.value_or(session.last_seen_at)), id};
    case SessionSort::rx_bytes:
      return {"", session.rx_bytes, id};
    case SessionSort::tx_bytes:
      return {"", session.tx_bytes, id};
    case SessionSort::rx_bps:
      return {"", session.rx_bps, id};
    case SessionSort::tx_bps:
      return {"", session.tx_bps, id};
  }
  return {"", 0, id};
}

base::Result<contract::SessionPage> page_of(const std::vector<const model::Session*>& sessions,
                                            const contract::SessionQuery& query) {
  std::optional<SortKey> after;
  if (query.cursor) {
    auto key = from_cursor(*query.cursor);
    if (!key) return std::unexpected(key.error());
    after = std::move(*key);
  }
  KeysetPage<SortKey, model::Session> rows(query.direction, std::move(after));
  for (const auto* session : sessions) {
    if (matches(*session, query)) rows.add(sort_key(*session, query.sort), *session);
  }
  return rows.take<contract::SessionPage>(query.limit, to_cursor);
}

}  // namespace davylamp::api
