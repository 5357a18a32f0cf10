#include "enrich/geoip/data_section.hpp"

#include <array>
#include <bit>

namespace davylamp::geoip {
namespace {

constexpr unsigned deepest = 16;
constexpr std::array<std::uint32_t, 4> pointer_bases{0, 2'048, 526'336, 0};
constexpr std::array<std::uint32_t, 3> size_bases{29, 285, 65'821};

bool has_entries(const Value& value) {
  return value.type == MMDB_DATA_TYPE_MAP || value.type == MMDB_DATA_TYPE_ARRAY;
}

}  // namespace

std::uint64_t DataSection::big_endian(std::uint32_t offset, std::uint32_t count) const {
  std::uint64_t number = 0;
  for (std::uint32_t i = 0; i < count; ++i) number = (number << 8U) | bytes_[offset + i];
  return number;
}

std::optional<Value> DataSection::raw_at(std::uint32_t offset) const {
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

std::optional<Value> DataSection::value_at(std::uint32_t offset) const {
  const auto value = raw_at(offset);
  if (!value || value->type != MMDB_DATA_TYPE_POINTER) return value;
  auto target = raw_at(value->contents);
  // The format has no pointers to pointers.
  if (!target || target->type == MMDB_DATA_TYPE_POINTER) return std::nullopt;
  target->next = value->next;
  return target;
}

std::optional<std::uint32_t> DataSection::skip(std::uint32_t offset,
                                               unsigned depth) const {  // NOLINT(misc-no-recursion)
  const auto value = raw_at(offset);
  if (!value || depth > deepest) return std::nullopt;
  if (!has_entries(*value)) return value->next;
  auto behind = value->contents;
  const std::uint64_t values = value->type == MMDB_DATA_TYPE_MAP ? 2ULL * value->size : value->size;
  for (std::uint64_t i = 0; i < values; ++i) {
    const auto next = skip(behind, depth + 1);
    if (!next) return std::nullopt;
    behind = *next;
  }
  return behind;
}

std::string_view DataSection::text(const Value& value) const {
  if (value.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
  return {reinterpret_cast<const char*>(bytes_ + value.contents), value.size};
}

std::optional<double> DataSection::number(const Value& value) const {
  if (value.type == MMDB_DATA_TYPE_DOUBLE && value.size == 8) {
    return std::bit_cast<double>(big_endian(value.contents, 8));
  }
  if (value.type == MMDB_DATA_TYPE_FLOAT && value.size == 4) {
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(value.contents, 4))));
  }
  return std::nullopt;
}

std::optional<std::uint32_t> DataSection::integer(const Value& value) const {
  const bool fits = (value.type == MMDB_DATA_TYPE_UINT16 && value.size <= 2) ||
                    (value.type == MMDB_DATA_TYPE_UINT32 && value.size <= 4);
  if (!fits) return std::nullopt;
  return static_cast<std::uint32_t>(big_endian(value.contents, value.size));
}

}  // namespace davylamp::geoip
