// The chain of the audit log: each line holds the SHA-256 of the line before and of itself, so that a line that was
// changed, taken out or put in between shows. What every store computes alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/account.hpp"

namespace davylamp::store {

// Of `detail_hash`, 64 characters are the hash of subject and reason, the rest is its salt. Without the salt nobody can
// try out whose name stood there: it is forgotten together with them.
inline constexpr std::size_t detail_hash_bytes = 64;

// The newest line of the chain, or the newest that was forgotten. Number 0: there is none.
struct ChainEnd {
  std::uint64_t number = 0;
  std::string hash;
  bool operator==(const ChainEnd&) const = default;
};
// "17 0123abcd...", and back; one that cannot be read is no end.
std::string to_text(const ChainEnd& end);
std::optional<ChainEnd> parse_chain_end(std::string_view text);

// The entry as the line that follows `last`: with number, detail_hash (and a new random salt) and hash.
model::AuditEntry chained(const ChainEnd& last, const model::AuditEntry& entry);
// The entry without subject and reason, which still fits.
model::AuditEntry without_details(model::AuditEntry entry);

// Looks at lines in order, oldest first.
class ChainCheck {
 public:
  // `cut`: the newest line that was forgotten.
  explicit ChainCheck(ChainEnd cut) : last_(std::move(cut)) {}
  // Lines with number 0 are older than the chain, and are passed over.
  void look_at(const model::AuditEntry& line);
  // `end`: what the store noted as the newest line when it was written.
  model::AuditCheck result(const ChainEnd& end) const;

 private:
  ChainEnd last_;
  model::AuditCheck check_;
};

}  // namespace davylamp::store
