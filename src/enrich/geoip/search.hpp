// Where GeoIP databases are looked for when none is configured.
#pragma once

#include <string>
#include <vector>

#include "enrich/geoip/config.hpp"

namespace davylamp::geoip {

// Where geoipupdate and Debian's packages put their files.
std::vector<std::string> default_directories();

// `config` with each empty list filled from the first of `directories` that has a file for it: GeoLite2-*.mmdb or
// GeoIP2-*.mmdb, else DB-IP's, as one file (the newest by name) or as a pair for IPv4 and IPv6.
Config with_found_files(Config config, const std::vector<std::string>& directories);

}  // namespace davylamp::geoip
