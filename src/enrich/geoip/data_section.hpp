// The data section of an MMDB file, read in one pass (MaxMind DB file format specification 2.0). libmaxminddb looks for
// one path at a time and reads all of a record for each.
#pragma once

#include <maxminddb.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::geoip {

// A value; pointers are followed. Bytes live as long as the file is mapped.
struct Value {
  std::uint32_t type = 0;      // MMDB_DATA_TYPE_*
  std::uint32_t size = 0;      // in bytes; of a map or an array, in entries
  std::uint32_t contents = 0;  // where they begin
  std::uint32_t next = 0;      // what follows where the value stood; of a map or an array, meaningless
};

// Never reads outside of the section, whatever is in it.
class DataSection {
 public:
  explicit DataSection(const MMDB_s& mmdb) : bytes_(mmdb.data_section), size_(mmdb.data_section_size) {}

  // Nothing where the section is damaged.
  std::optional<Value> value_at(std::uint32_t offset) const;
  // Empty for what is no text.
  std::string_view text(const Value& value) const;
  // A double or a float.
  std::optional<double> number(const Value& value) const;
  // An unsigned integer of at most 32 bits.
  std::optional<std::uint32_t> integer(const Value& value) const;

  // Calls `visit(key, value)` for each entry of a map, as far as it can be read; nothing for what is no map.
  template <class Visit>
  void each(const Value& map, Visit visit) const {
    if (map.type != MMDB_DATA_TYPE_MAP) return;
    auto offset = map.contents;
    for (std::uint32_t i = 0; i < map.size && i < most_entries; ++i) {
      const auto key = value_at(offset);
      if (!key || key->type != MMDB_DATA_TYPE_UTF8_STRING) return;
      const auto value = value_at(key->next);
      if (!value) return;
      visit(text(*key), *value);
      const auto behind = skip(key->next, 0);
      if (!behind) return;
      offset = *behind;
    }
  }

 private:
  static constexpr std::uint32_t most_entries = 1'000;  // no real record has so many
  std::optional<std::uint32_t> skip(std::uint32_t offset, unsigned depth) const;
  bool holds(std::uint32_t offset, std::uint32_t count) const { return offset <= size_ && count <= size_ - offset; }
  std::uint64_t big_endian(std::uint32_t offset, std::uint32_t count) const;
  // The value at `offset`, a pointer as such: its target is in `contents`.
  std::optional<Value> raw_at(std::uint32_t offset) const;
  const std::uint8_t* bytes_;
  std::uint32_t size_;
};

}  // namespace davylamp::geoip
