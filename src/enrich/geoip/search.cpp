#include "enrich/geoip/search.hpp"

#include <algorithm>
#include <filesystem>

namespace davylamp::geoip {
namespace {

using Names = std::vector<std::string>;

Names names_in(const std::string& directory) {
  Names names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Names matching(const Names& names, const std::string& prefix) {
  Names found;
  for (const auto& name : names) {
    if (name.starts_with(prefix) && name.ends_with(".mmdb")) found.push_back(name);
  }
  return found;
}

// `kind` as MaxMind spells it ("City") and as DB-IP does ("city").
Names choose(const Names& names, const std::string& kind, const std::string& lower_kind) {
  for (const auto& name : {"GeoIP2-" + kind + ".mmdb", "GeoLite2-" + kind + ".mmdb"}) {
    if (std::ranges::binary_search(names, name)) return {name};
  }
  auto found = matching(names, "dbip-" + lower_kind);
  Names split;
  std::ranges::copy_if(found, std::back_inserter(split), [](const std::string& name) {
    return name.ends_with("-ipv4.mmdb") || name.ends_with("-ipv6.mmdb");
  });
  if (!split.empty()) return split;
  if (!found.empty()) return {found.back()};
  return {};
}

}  // namespace

std::vector<std::string> default_directories() {
  return {"/usr/share/GeoIP", "/var/lib/GeoIP"};
}

Config with_found_files(Config config, const std::vector<std::string>& directories) {
  const auto fill = [](std::vector<std::string>& list, const std::string& directory, const Names& found) {
    if (!list.empty()) return;
    for (const auto& name : found) list.push_back((std::filesystem::path(directory) / name).string());
  };
  for (const auto& directory : directories) {
    const auto names = names_in(directory);
    fill(config.city, directory, choose(names, "City", "city"));
    fill(config.country, directory, choose(names, "Country", "country"));
    fill(config.asn, directory, choose(names, "ASN", "asn"));
  }
  return config;
}

}  // namespace davylamp::geoip
