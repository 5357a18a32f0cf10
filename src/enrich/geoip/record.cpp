#include "enrich/geoip/record.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/text.hpp"
#include "enrich/geoip/data_section.hpp"

namespace davylamp::geoip {
namespace {

// A hostile file may hold names of any length; no real one is longer.
constexpr std::size_t longest_name_bytes = 200;

using Found = std::optional<Value>;

// Of two entries with one key the first counts.
void take(Found& place, const Value& value) {
  if (!place) place = value;
}

class Reading {
 public:
  explicit Reading(const MMDB_entry_s& entry) : section_(*entry.mmdb), record_(section_.value_at(entry.offset)) {}

  template <class Visit>
  void each(Visit visit) const {
    if (record_) section_.each(*record_, visit);
  }
  Found member(const Found& given, std::string_view name) const {
    Found found;
    if (const auto map = target(given)) {
      section_.each(*map, [&](std::string_view key, const Value& value) {
        if (key == name) take(found, value);
      });
    }
    return found;
  }
  std::optional<std::string> text(const Found& given) const {
    const auto value = target(given);
    const auto written = value ? section_.text(*value) : std::string_view();
    if (written.empty()) return std::nullopt;
    return base::to_utf8(written.substr(0, longest_name_bytes));
  }
  std::optional<std::string> country_code(const Found& given) const {
    const auto value = target(given);
    const auto code = value ? section_.text(*value) : std::string_view();
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !std::ranges::all_of(code, is_capital)) return std::nullopt;
    return std::string(code);
  }
  std::optional<double> number(const Found& given) const {
    const auto value = target(given);
    return value ? section_.number(*value) : std::nullopt;
  }
  // A number, or "AS64500".
  std::optional<std::uint32_t> as_number(const Found& given) const {
    const auto value = target(given);
    if (!value) return std::nullopt;
    if (value->type != MMDB_DATA_TYPE_UTF8_STRING) return section_.integer(*value);
    auto text = section_.text(*value);
    if (text.starts_with("AS")) text.remove_prefix(2);
    return base::parse_number<std::uint32_t>(text);
  }

 private:
  Found target(const Found& value) const { return value ? section_.followed(*value) : std::nullopt; }

  DataSection section_;
  Found record_;
};

// What stands at the top of a place's record, in either schema.
struct Top {
  Found country_code, country_name, city, latitude, longitude, country, registered_country, location;
};

// The place for what stands under `key`, or null. By size first: eight names are compared with every key of a record.
Found* place_of(Top& top, std::string_view key) {
  switch (key.size()) {
    case 4:
      return key == "city" ? &top.city : nullptr;
    case 7:
      return key == "country" ? &top.country : nullptr;
    case 8:
      if (key == "latitude") return &top.latitude;
      return key == "location" ? &top.location : nullptr;
    case 9:
      return key == "longitude" ? &top.longitude : nullptr;
    case 12:
      if (key == "country_code") return &top.country_code;
      return key == "country_name" ? &top.country_name : nullptr;
    case 18:
      return key == "registered_country" ? &top.registered_country : nullptr;
    default:
      return nullptr;
  }
}

Top top_of(const Reading& reading) {
  Top top;
  reading.each([&](std::string_view key, const Value& value) {
    if (auto* place = place_of(top, key)) take(*place, value);
  });
  return top;
}

// "country_code" decides: only flat files have it at the top.
std::optional<std::string> country_code_of(const Reading& reading, const Top& top) {
  if (top.country_code) return reading.country_code(top.country_code);
  auto code = reading.country_code(reading.member(top.country, "iso_code"));
  // MaxMind leaves "country" out for satellite and anycast networks; where they are registered is the next best.
  if (!code) code = reading.country_code(reading.member(top.registered_country, "iso_code"));
  if (!code) code = reading.country_code(top.country);
  return code;
}

void take_point(Record& record, std::optional<double> latitude, std::optional<double> longitude) {
  const bool usable = latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
  // Flat files write zero for "not known"; nobody connects from that spot in the Gulf of Guinea.
  if (!usable || (*latitude == 0 && *longitude == 0)) return;
  record.latitude = latitude;
  record.longitude = longitude;
}

}  // namespace

Record read_place(const MMDB_entry_s& entry) {
  const Reading reading(entry);
  const auto top = top_of(reading);
  Record record;
  record.country_code = country_code_of(reading, top);
  if (top.country_code) {
    record.country = reading.text(top.country_name);
    record.city = reading.text(top.city);
    take_point(record, reading.number(top.latitude), reading.number(top.longitude));
    return record;
  }
  record.country = reading.text(reading.member(reading.member(top.country, "names"), "en"));
  record.city = reading.text(reading.member(reading.member(top.city, "names"), "en"));
  take_point(record, reading.number(reading.member(top.location, "latitude")),
             reading.number(reading.member(top.location, "longitude")));
  return record;
}

std::optional<std::string> read_country_code(const MMDB_entry_s& entry) {
  const Reading reading(entry);
  return country_code_of(reading, top_of(reading));
}

Record read_network(const MMDB_entry_s& entry) {
  const Reading reading(entry);
  Found number, asn, organization, as_name;
  reading.each([&](std::string_view key, const Value& value) {
    if (key == "autonomous_system_number") take(number, value);
    if (key == "asn") take(asn, value);
    if (key == "autonomous_system_organization") take(organization, value);
    if (key == "as_name") take(as_name, value);
  });
  Record record;
  record.asn = reading.as_number(number);
  if (!record.asn) record.asn = reading.as_number(asn);
  record.network = reading.text(organization);
  if (!record.network) record.network = reading.text(as_name);
  return record;
}

}  // namespace davylamp::geoip
