#include "store/audit_chain.hpp"

#include <sodium.h>
#include <array>
#include <boost/describe.hpp>

#include "base/codec.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"
#include "store/limits_rules.hpp"

namespace davylamp::store {
namespace {

constexpr std::size_t salt_bytes = 16;

// What of a line goes into its hash, in this order.
struct Sealed {
  std::uint64_t number = 0;
  std::int64_t at = 0;  // UNIX seconds
  std::string account;
  std::string action;
  std::string remote_address;
  std::string details;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (number, at, account, action, remote_address, details))

struct Details {
  std::string subject;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Details, (), (subject, reason))

std::string sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return base::hexadecimal(digest);
}

std::string random_salt() {
  if (sodium_init() < 0) throw base::Failure("no_random", "libsodium cannot start: the system gives no random numbers");
  std::array<unsigned char, salt_bytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return base::hexadecimal(bytes);
}

std::string details_of(const model::AuditEntry& entry, std::string_view salt) {
  return sha256(std::string(salt) + base::json::write(Details{entry.subject, entry.reason}));
}

std::string sealed(std::string_view before, const model::AuditEntry& line) {
  const Sealed content{line.number,         base::to_unix_seconds(line.at),
                       line.account,        line.action,
                       line.remote_address, line.detail_hash.substr(0, detail_hash_bytes)};
  return sha256(std::string(before) + "\n" + base::json::write(content));
}

bool details_fit(const model::AuditEntry& line) {
  if (line.detail_hash.size() < detail_hash_bytes) return false;
  if (line.detail_hash.size() == detail_hash_bytes) return line.subject == erased_subject && line.reason.empty();
  const std::string_view whole(line.detail_hash);
  return details_of(line, whole.substr(detail_hash_bytes)) == whole.substr(0, detail_hash_bytes);
}

}  // namespace

std::string to_text(const ChainEnd& end) {
  return std::to_string(end.number) + " " + end.hash;
}

std::optional<ChainEnd> parse_chain_end(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto number = base::parse_number<std::uint64_t>(text.substr(0, blank));
  if (!number) return std::nullopt;
  return ChainEnd{*number, std::string(text.substr(blank + 1))};
}

model::AuditEntry chained(const ChainEnd& last, const model::AuditEntry& entry) {
  auto line = entry;
  const auto salt = random_salt();
  line.number = last.number + 1;
  line.detail_hash = details_of(line, salt) + salt;
  line.hash = sealed(last.hash, line);
  return line;
}

model::AuditEntry without_details(model::AuditEntry entry) {
  entry.subject = erased_subject;
  entry.reason.clear();
  entry.detail_hash = entry.detail_hash.substr(0, detail_hash_bytes);
  return entry;
}

void ChainCheck::look_at(const model::AuditEntry& line) {
  if (line.number == 0 && line.hash.empty() && check_.lines == 0) return;
  if (check_.lines++ == 0) check_.first_number = last_.number + 1;
  const auto expected = last_.number + 1;
  const bool fits = line.number == expected && details_fit(line) && line.hash == sealed(last_.hash, line);
  if (!fits && !check_.broken_at) check_.broken_at = expected;
  last_ = {expected, line.hash};
}

model::AuditCheck ChainCheck::result(const ChainEnd& end) const {
  auto check = check_;
  check.last_hash = last_.hash;
  if (!check.broken_at && last_ != end) check.broken_at = last_.number + (last_.number < end.number ? 1 : 0);
  return check;
}

}  // namespace davylamp::store
