#include "hook/verdict_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace davylamp::hook {

std::string verdict_table(std::span<const Refused> refused, SipKey salt, std::uint64_t generation) {
  refused = refused.first(
      std::min<std::size_t>(refused.size(), (most_verdict_bytes - sizeof(VerdictHeader)) / sizeof(VerdictEntry)));
  std::vector<VerdictEntry> entries;
  entries.reserve(refused.size());
  for (const auto& one : refused) {
    entries.push_back({sip_hash(salt, one.user), one.until_ms, static_cast<std::uint32_t>(one.reason), 0});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& one, const auto& other) { return one.hash < other.hash; });

  VerdictHeader header{};
  std::memcpy(header.magic, verdict_magic.data(), sizeof header.magic);
  header.version = verdict_version;
  header.entry_bytes = sizeof(VerdictEntry);
  header.generation = generation;
  header.salt = salt;
  header.count = entries.size();
  header.check = sip_hash(salt, {reinterpret_cast<const char*>(&header), offsetof(VerdictHeader, check)});

  std::string file(sizeof header + entries.size() * sizeof(VerdictEntry), '\0');
  std::memcpy(file.data(), &header, sizeof header);
  if (!entries.empty()) {
    std::memcpy(file.data() + sizeof header, entries.data(), entries.size() * sizeof(VerdictEntry));
  }
  return file;
}

}  // namespace davylamp::hook
