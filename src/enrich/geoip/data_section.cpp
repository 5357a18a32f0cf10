#include "enrich/geoip/data_section.hpp"

#include <bit>

namespace davylamp::geoip {
namespace {

constexpr unsigned deepest = 16;
}  // namespace

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
