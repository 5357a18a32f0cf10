// Who is to be refused, as davylamp-hook finds it in a mapped file. The file tells no names: it holds keyed hashes of
// them, in order, and the key ("salt") is new in every file. It is always replaced whole, by rename.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "hook/sip_hash.hpp"

namespace davylamp::hook {

enum class Reason : std::uint32_t { quota = 1, blocked = 2 };

// "quota", "blocked".
std::string_view name_of(Reason reason);

struct Verdict {
  Reason reason = Reason::quota;
  std::int64_t until_ms = 0;  // UNIX milliseconds
};

inline constexpr std::int64_t for_good = INT64_MAX;

// The layout, in the byte order of the machine: written and read on the same one.
struct VerdictHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t entry_bytes;
  std::uint64_t generation;  // grows with every file
  SipKey salt;
  std::uint64_t count;
  std::uint64_t check;  // sip_hash of all before it, under the salt
};
struct VerdictEntry {
  std::uint64_t hash;
  std::int64_t until_ms;
  std::uint32_t reason;
  std::uint32_t unused;
};
static_assert(sizeof(VerdictHeader) == 56 && sizeof(VerdictEntry) == 24);

inline constexpr std::string_view verdict_magic = "DAVYVDCT";
inline constexpr std::uint32_t verdict_version = 1;
// 2.7 million refusals.
inline constexpr std::uint64_t most_verdict_bytes = 64ULL * 1024 * 1024;

// The header when `file` is whole and of this version.
std::optional<VerdictHeader> verdict_header(std::string_view file);

// What the file says of `user` at `now_ms`. Nothing when it does not name the user, when its time is over, and when the
// file is not one: whoever cannot be found is let in.
std::optional<Verdict> find_verdict(std::string_view file, std::string_view user, std::int64_t now_ms);

}  // namespace davylamp::hook
