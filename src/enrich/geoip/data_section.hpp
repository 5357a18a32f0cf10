// The data section of an MMDB file, read in one pass (MaxMind DB file format specification 2.0). libmaxminddb looks for
// one path at a time and reads all of a record for each.
#pragma once

#include <maxminddb.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::geoip {

// A value as it stands in the file: of a pointer, `contents` is the target. Bytes live as long as the file is mapped.
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

  // The value at `offset`, a pointer as such. Nothing where the section is damaged.
  std::optional<Value> raw_at(std::uint32_t offset) const;
  // What a pointer points to; any other value is itself. `next` stays behind where the pointer stood. Nothing where the
  // section is damaged.
  std::optional<Value> followed(const Value& value) const;
  std::optional<Value> value_at(std::uint32_t offset) const;
  // Empty for what is no text.
  std::string_view text(const Value& value) const;
  // A double or a float.
  std::optional<double> number(const Value& value) const;
  // An unsigned integer of at most 32 bits.
  std::optional<std::uint32_t> integer(const Value& value) const;

  // Calls `visit(key, value)` for each entry of a map, as far as it can be read; nothing for what is no map. The value
  // is not followed: its target lies elsewhere, and most of a record nobody asks for.
  template <class Visit>
  void each(const Value& map, Visit visit) const {
    if (map.type != MMDB_DATA_TYPE_MAP) return;
    auto offset = map.contents;
    for (std::uint32_t i = 0; i < map.size && i < most_entries; ++i) {
      const auto key = value_at(offset);
      if (!key || key->type != MMDB_DATA_TYPE_UTF8_STRING) return;
      const auto value = raw_at(key->next);
      if (!value) return;
      visit(text(*key), *value);
      offset = value->next;
      if (!has_entries(*value)) continue;
      const auto behind = skip(key->next, 0);
      if (!behind) return;
      offset = *behind;
    }
  }

 private:
  static constexpr std::uint32_t most_entries = 1'000;  // no real record has so many
  static constexpr std::array<std::uint32_t, 4> pointer_bases{0, 2'048, 526'336, 0};
  static constexpr std::array<std::uint32_t, 3> size_bases{29, 285, 65'821};
  static bool has_entries(const Value& value) {
    return value.type == MMDB_DATA_TYPE_MAP || value.type == MMDB_DATA_TYPE_ARRAY;
  }
  std::optional<std::uint32_t> skip(std::uint32_t offset, unsigned depth) const;
  bool holds(std::uint32_t offset, std::uint32_t count) const { return offset <= size_ && count <= size_ - offset; }
  std::uint64_t big_endian(std::uint32_t offset, std::uint32_t count) const {
    std::uint64_t number = 0;
    for (std::uint32_t i = 0; i < count; ++i) number = (number << 8U) | bytes_[offset + i];
    return number;
  }
  const std::uint8_t* bytes_;
  std::uint32_t size_;
};

// Inline, because a record is a dozen of these.
inline std::optional<Value> DataSection::raw_at(std::uint32_t offset) const {
  if (!holds(offset, 1)) return std::nullopt;
  const std::uint32_t control = bytes_[offset++];
  Value value;
  value.type = control >> 5U;
  if (value.type == MMDB_DATA_TYPE_POINTER) {
    const std::uint32_t kind = (control >> 3U) & 3U;
    if (!holds(offset, kind + 1)) return std::nullopt;
    const auto low = static_cast<std::uint32_t>(big_endian(offset, kind + 1));
    value.contents = kind == 3 ? low : (((control & 7U) << (8U * (kind + 1))) | low) + pointer_bases.at(kind);
    value.next = offset + kind + 1;
    return value;
  }
  if (value.type == MMDB_DATA_TYPE_EXTENDED) {
    if (!holds(offset, 1)) return std::nullopt;
    value.type = 7U + bytes_[offset++];
  }
  value.size = control & 31U;
  if (value.size >= 29) {
    const std::uint32_t count = value.size - 28;
    if (!holds(offset, count)) return std::nullopt;
    value.size = size_bases.at(count - 1) + static_cast<std::uint32_t>(big_endian(offset, count));
    offset += count;
  }
  value.contents = offset;
  value.next = offset;
  if (has_entries(value) || value.type == MMDB_DATA_TYPE_BOOLEAN) return value;
  if (!holds(offset, value.size)) return std::nullopt;
  value.next += value.size;
  return value;
}

inline std::optional<Value> DataSection::followed(const Value& value) const {
  if (value.type != MMDB_DATA_TYPE_POINTER) return value;
  auto target = raw_at(value.contents);
  // The format has no pointers to pointers.
  if (!target || target->type == MMDB_DATA_TYPE_POINTER) return std::nullopt;
  target->next = value.next;
  return target;
}

inline std::optional<Value> DataSection::value_at(std::uint32_t offset) const {
  const auto value = raw_at(offset);
  return value ? followed(*value) : std::nullopt;
}

}  // namespace davylamp::geoip
