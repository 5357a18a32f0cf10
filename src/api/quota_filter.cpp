#include "api/quota_filter.hpp"

#include <algorithm>
#include <limits>

#include "api/auth/token_text.hpp"
#include "api/keyset_page.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

// What a quota is ordered by: text byte by byte, then numbers; then what it is known by.
struct Key {
  std::string text;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t limit_id = 0;
  std::string user;
  auto operator<=>(const Key&) const = default;
};
BOOST_DESCRIBE_STRUCT(Key, (), (text, first, second, limit_id, user))

constexpr std::uint64_t most_parts = 1'000'000'000'000;

// In millionths; more than all of it when nothing is allowed.
std::uint64_t used_parts(const model::Quota& quota) {
  if (quota.allowed_bytes == 0) return most_parts;
  const auto parts =
      static_cast<long double>(quota.used_bytes) * 1'000'000 / static_cast<long double>(quota.allowed_bytes);
  return parts >= most_parts ? most_parts : static_cast<std::uint64_t>(parts);
}

std::uint64_t run_out_key(const model::Quota& quota) {
  if (quota.state == model::QuotaState::reached) return 0;
  if (!quota.runs_out_at) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, quota.runs_out_at->time_since_epoch().count()));
}

Key key_of(const model::Quota& quota, QuotaSort sort) {
  Key key{"", 0, 0, quota.limit_id, quota.user};
  switch (sort) {
    case QuotaSort::runs_out_at:
      key.first = run_out_key(quota);
      key.second = most_parts - used_parts(quota);
      break;
    case QuotaSort::user:
      key.text = quota.user.empty() ? quota.group : quota.user;
      break;
    case QuotaSort::used_bytes:
      key.first = quota.used_bytes;
      break;
    case QuotaSort::percent:
      key.first = used_parts(quota);
      break;
  }
  return key;
}

// Names may be any bytes, so they travel in base64url.
std::string to_cursor(const Key& key) {
  return to_base64url(
      base::json::write(Key{to_base64url(key.text), key.first, key.second, key.limit_id, to_base64url(key.user)}));
}

base::Result<Key> from_cursor(const std::string& cursor) {
  const auto json = from_base64url(cursor);
  auto key = json ? base::json::read<Key>(*json) : base::fail("bad_cursor", "");
  const auto text = key ? from_base64url(key->text) : std::nullopt;
  const auto user = key ? from_base64url(key->user) : std::nullopt;
  if (!text || !user || key->limit_id == 0) return base::fail("bad_cursor", "is not a cursor that this server made");
  key->text = *text;
  key->user = *user;
  return key;
}

bool matches(const model::Quota& quota, const QuotaQuery& query) {
  if (query.state && quota.state != *query.state) return false;
  if (!query.group.empty() && quota.group != query.group) return false;
  return query.text.empty() || base::contains_ignoring_case(quota.user, query.text) ||
         base::contains_ignoring_case(quota.group, query.text);
}

}  // namespace

base::Result<QuotaPage> page_of(const std::vector<const model::Quota*>& quotas, const QuotaQuery& query) {
  std::optional<Key> after;
  if (query.cursor) {
    auto key = from_cursor(*query.cursor);
    if (!key) return std::unexpected(key.error());
    after = std::move(*key);
  }
  KeysetPage<Key, model::Quota> rows(query.direction, std::move(after));
  for (const auto* quota : quotas) {
    if (matches(*quota, query)) rows.add(key_of(*quota, query.sort), *quota);
  }
  return rows.take<QuotaPage>(query.limit, to_cursor);
}

}  // namespace davylamp::api
