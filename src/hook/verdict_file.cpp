#include "hook/verdict_file.hpp"

#include <cstddef>
#include <cstring>

namespace davylamp::hook {
namespace {

VerdictEntry entry_at(std::string_view file, std::uint64_t index) {
  VerdictEntry entry;
  std::memcpy(&entry, file.data() + sizeof(VerdictHeader) + index * sizeof(VerdictEntry), sizeof entry);
  return entry;
}

// The first entry whose hash is not below `hash`.
std::uint64_t lower_bound(std::string_view file, std::uint64_t count, std::uint64_t hash) {
  std::uint64_t begin = 0;
  while (count > 0) {
    const auto half = count / 2;
    if (entry_at(file, begin + half).hash < hash) {
      begin += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return begin;
}

}  // namespace

std::string_view name_of(Reason reason) {
  return reason == Reason::blocked ? "blocked" : "quota";
}

std::optional<VerdictHeader> verdict_header(std::string_view file) {
  VerdictHeader header;
  if (file.size() < sizeof header || file.size() > most_verdict_bytes) return std::nullopt;
  std::memcpy(&header, file.data(), sizeof header);
  std::string_view checked = file;
  checked.remove_suffix(file.size() - offsetof(VerdictHeader, check));
  const auto entries = (file.size() - sizeof header) / sizeof(VerdictEntry);
  const bool whole = entries == header.count && (file.size() - sizeof header) % sizeof(VerdictEntry) == 0;
  if (std::string_view(header.magic, sizeof header.magic) != verdict_magic || header.version != verdict_version ||
      header.entry_bytes != sizeof(VerdictEntry) || !whole || header.check != sip_hash(header.salt, checked)) {
    return std::nullopt;
  }
  return header;
}

std::optional<Verdict> find_verdict(std::string_view file, std::string_view user, std::int64_t now_ms) {
  const auto header = verdict_header(file);
  if (!header) return std::nullopt;
  const auto hash = sip_hash(header->salt, user);
  for (auto index = lower_bound(file, header->count, hash); index < header->count; ++index) {
    const auto entry = entry_at(file, index);
    if (entry.hash != hash) break;
    const bool known = entry.reason == static_cast<std::uint32_t>(Reason::quota) ||
                       entry.reason == static_cast<std::uint32_t>(Reason::blocked);
    if (known && now_ms < entry.until_ms) return Verdict{static_cast<Reason>(entry.reason), entry.until_ms};
  }
  return std::nullopt;
}

}  // namespace davylamp::hook
