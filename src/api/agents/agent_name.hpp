// What an agent may be called.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"

namespace davylamp::api {

inline constexpr std::size_t most_agent_name_bytes = 100;

// [A-Za-z0-9._-]{1,100}, with spaces around it taken away; nothing when it is not that. The rule is VPN Sentinel's.
inline std::optional<std::string> agent_name(std::string_view text) {
  const auto name = base::trim(text);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (name.empty() || name.size() > most_agent_name_bytes || !std::ranges::all_of(name, allowed)) return std::nullopt;
  return std::string(name);
}

}  // namespace davylamp::api
