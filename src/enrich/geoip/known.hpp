// Records that were read before. Many networks share one record, and to read it again is most of a lookup.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "enrich/geoip/pages.hpp"
#include "enrich/geoip/record.hpp"

namespace davylamp::geoip {

// What a Place takes of a record, in one line of the processor's cache.
struct alignas(64) KnownPlace {
  std::uint32_t key = 0;  // the record's offset and one; 0 is none
  std::array<char, 2> country_code{};
  std::uint8_t city_bytes = 0;
  bool has_point = false;
  double latitude = 0;
  double longitude = 0;
  std::array<char, 40> city{};
  // Nothing for a record that does not fit, and for one whose country has no name of ours.
  static std::optional<KnownPlace> of(const Record& record);
};
struct alignas(64) KnownNetwork {
  std::uint32_t key = 0;
  std::uint32_t asn = 0;
  bool has_asn = false;
  std::uint8_t network_bytes = 0;
  std::array<char, 54> network{};
  static std::optional<KnownNetwork> of(const Record& record);
};
static_assert(sizeof(KnownPlace) == 64 && sizeof(KnownNetwork) == 64);

// The last ones of one file, by where they stand in it; 2 MB at most.
template <class Known>
class KnownRecords {
 public:
  // Null for one that is not known. Until the next keep().
  const Known* find(std::uint32_t offset) const {
    if (!kept_) return nullptr;
    const auto& there = kept_[slot(offset)];
    return there.key == offset + 1 ? &there : nullptr;
  }
  void keep(std::uint32_t offset, const Record& record) {
    auto known = Known::of(record);
    if (!known) return;
    if (!kept_) kept_ = new_pages<Known>(most);
    if (!kept_) return;
    known->key = offset + 1;
    kept_[slot(offset)] = *known;
  }
  // Must be called when the file changes.
  void forget() { kept_.reset(); }

 private:
  static constexpr unsigned bits = 15;
  static constexpr std::size_t most = 1U << bits;
  static std::size_t slot(std::uint32_t offset) { return (offset * 2'654'435'769U) >> (32U - bits); }
  Pages<Known> kept_;
};

}  // namespace davylamp::geoip
