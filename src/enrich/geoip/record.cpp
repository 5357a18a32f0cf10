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
  Found member(const Found& map, std::string_view name) const {
    Found found;
    if (map) {
      section_.each(*map, [&](std::string_view key, const Value& value) {
        if (key == name) take(found, value);
      });
    }
    return found;
  }
  std::optional<std::string> text(const Found& value) const {
    const auto written = value ? section_.text(*value) : std::string_view();
    if (written.empty()) return std::nullopt;
    return base::to_utf8(written.substr(0, longest_name_bytes));
  }
  std::optional<std::string> country_code(const Found& value) const {
    const auto code = value ? section_.text(*value) : std::string_view();
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !std::ranges::all_of(code, is_capital)) return std::nullopt;
    return std::string(code);
  }
  std::optional<double> number(const Found& value) const { return value ? section_.number(*value) : std::nullopt; }
  // A number, or "AS64500".
  std::optional<std::uint32_t> as_number(const Found& value) const {
    if (!value) return std::nullopt;
    if (value->type != MMDB_DATA_TYPE_UTF8_STRING) return section_.integer(*value);
    auto text = section_.text(*value);
    if (text.starts_with("AS")) text.remove_prefix(2);
    return base::parse_number<std::uint32_t>(text);
  }

 private:
  DataSection section_;
  Found record_;
};

// What stands at the top of a place's record, in either schema.
struct Top {
  Found country_code, country_name, city, latitude, longitude, country, registered_country, location;
};

Top top_of(const Reading& reading) {
  Top top;
  reading.each([&](std::string_view key, const Value& value) {
    if (key == "country_code") take(top.country_code, value);
    if (key == "country_name") take(top.country_name, value);
    if (key == "city") take(top.city, value);
    if (key == "latitude") take(top.latitude, value);
    if (key == "longitude") take(top.longitude, value);
    if (key == "country") take(top.country, value);
    if (key == "registered_country") take(top.registered_country, value);
    if (key == "location") take(top.location, value);
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
