// What every store does to values before it keeps them: times become whole seconds, and numbers stay within what a
// signed 64-bit column holds. Both are the contract, so that all stores answer alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/codec.hpp"
#include "contract/store.hpp"

namespace davylamp::store {

// 2^63-1. Greater counters are kept as this: no VPN session moves 8 EiB, so it is a broken report, and it must neither
// wrap nor stop the rest of its batch.
inline constexpr std::uint64_t greatest_number = std::numeric_limits<std::int64_t>::max();

// So many sessions are looked at again after a start for a last word that comes late.
inline constexpr std::size_t most_recently_closed = 20'000;

// ... and so many incidents, for one that comes back soon.
inline constexpr std::size_t most_recently_resolved = 10'000;

// Of so many hours an agent's late reports may still tell.
inline constexpr int hours_at_hand = 26;

constexpr std::uint64_t clamped(std::uint64_t number) {
  return std::min(number, greatest_number);
}
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return std::min(clamped(a), greatest_number - clamped(b)) + clamped(b);
}
constexpr base::Time whole_seconds(base::Time time) {
  return base::from_unix_seconds(base::to_unix_seconds(time));
}

inline void make_stored_form(base::Time& time) {
  time = whole_seconds(time);
}
inline void make_stored_form(std::uint64_t& number) {
  number = clamped(number);
}
template <class T>
void make_stored_form(T& value) {
  if constexpr (base::json::Described<T>) {
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto d) { make_stored_form(value.*d.pointer); });
  } else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
    if (value) make_stored_form(*value);
  }
}
template <class T>
T stored_form(T value) {
  make_stored_form(value);
  return value;
}

// A closed session always has the time it closed at, an open one never.
inline std::optional<base::Time> closed_at(const model::Session& session) {
  if (session.state == model::SessionState::open) return std::nullopt;
  return session.closed_at ? session.closed_at : session.last_seen_at;
}

}  // namespace davylamp::store
