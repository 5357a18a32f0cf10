#include "enrich/geoip/record.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/text.hpp"

namespace davylamp::geoip {
namespace {

// A hostile file may hold names of any length; no real one is longer.
constexpr std::size_t longest_name_bytes = 200;

using Path = std::array<const char*, 4>;

std::optional<MMDB_entry_data_s> value_at(const MMDB_entry_s& entry, Path path) {
  MMDB_entry_s start = entry;
  MMDB_entry_data_s value{};
  if (MMDB_aget_value(&start, &value, path.data()) != MMDB_SUCCESS || !value.has_data) return std::nullopt;
  return value;
}

std::optional<std::string> text_at(const MMDB_entry_s& entry, Path path) {
  const auto value = value_at(entry, path);
  if (!value || value->type != MMDB_DATA_TYPE_UTF8_STRING || value->data_size == 0) return std::nullopt;
  const std::string_view text(value->utf8_string, value->data_size);
  return base::to_utf8(text.substr(0, longest_name_bytes));
}

std::optional<double> number_at(const MMDB_entry_s& entry, Path path) {
  const auto value = value_at(entry, path);
  if (!value) return std::nullopt;
  if (value->type == MMDB_DATA_TYPE_DOUBLE) return value->double_value;
  if (value->type == MMDB_DATA_TYPE_FLOAT) return static_cast<double>(value->float_value);
  return std::nullopt;
}

std::optional<std::uint32_t> as_number_at(const MMDB_entry_s& entry, Path path) {
  const auto value = value_at(entry, path);
  if (!value) return std::nullopt;
  switch (value->type) {
    case MMDB_DATA_TYPE_UINT32:
      return value->uint32;
    case MMDB_DATA_TYPE_UINT16:
      return value->uint16;
    case MMDB_DATA_TYPE_UTF8_STRING: {
      std::string_view text(value->utf8_string, value->data_size);
      if (text.starts_with("AS")) text.remove_prefix(2);
      return base::parse_number<std::uint32_t>(text);
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string> country_code_at(const MMDB_entry_s& entry, Path path) {
  auto code = text_at(entry, path);
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!code || code->size() != 2 || !std::ranges::all_of(*code, is_capital)) return std::nullopt;
  return code;
}

struct Names {
  Path country_code, country, city, latitude, longitude;
};
constexpr Names nested{{"country", "iso_code"},
                       {"country", "names", "en"},
                       {"city", "names", "en"},
                       {"location", "latitude"},
                       {"location", "longitude"}};
constexpr Names flat{{"country_code"}, {"country_name"}, {"city"}, {"latitude"}, {"longitude"}};

Record read_place_as(const Names& names, const MMDB_entry_s& entry) {
  Record record;
  record.country = text_at(entry, names.country);
  record.city = text_at(entry, names.city);
  const auto latitude = number_at(entry, names.latitude);
  const auto longitude = number_at(entry, names.longitude);
  const bool usable = latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
  // Flat files write zero for "not known"; nobody connects from that spot in the Gulf of Guinea.
  if (usable && (*latitude != 0 || *longitude != 0)) {
    record.latitude = latitude;
    record.longitude = longitude;
  }
  return record;
}

// MaxMind leaves "country" out for satellite and anycast networks; where they are registered is the next best.
std::optional<std::string> nested_country_code(const MMDB_entry_s& entry) {
  auto code = country_code_at(entry, nested.country_code);
  if (!code) code = country_code_at(entry, {"registered_country", "iso_code"});
  if (!code) code = country_code_at(entry, {"country"});
  return code;
}

}  // namespace

Record read_place(const MMDB_entry_s& entry) {
  // "country_code" decides: only flat files have it at the top.
  if (value_at(entry, flat.country_code)) {
    auto record = read_place_as(flat, entry);
    record.country_code = country_code_at(entry, flat.country_code);
    return record;
  }
  auto record = read_place_as(nested, entry);
  record.country_code = nested_country_code(entry);
  return record;
}

std::optional<std::string> read_country_code(const MMDB_entry_s& entry) {
  if (value_at(entry, flat.country_code)) return country_code_at(entry, flat.country_code);
  return nested_country_code(entry);
}

Record read_network(const MMDB_entry_s& entry) {
  Record record;
  record.asn = as_number_at(entry, {"autonomous_system_number"});
  if (!record.asn) record.asn = as_number_at(entry, {"asn"});
  record.network = text_at(entry, {"autonomous_system_organization"});
  if (!record.network) record.network = text_at(entry, {"as_name"});
  return record;
}

}  // namespace davylamp::geoip
