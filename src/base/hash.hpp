// A hash that is the same on every machine, in every run and version. Not for keys that an attacker chooses.
#pragma once

#include <cstdint>
#include <string_view>

namespace davylamp::base {

inline constexpr std::uint64_t fnv1a_start = 14'695'981'039'346'656'037U;

// FNV-1a, 64 bits (Fowler, Noll, Vo). Goes on from `hash`, so that a text may come in parts.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = fnv1a_start) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return hash;
}

}  // namespace davylamp::base
