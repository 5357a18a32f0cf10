// Which databases the enricher reads.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

namespace davylamp::geoip {

// Paths of MMDB files. Several per list where IPv4 and IPv6 come apart: the first file that knows an address wins.
struct Config {
  std::vector<std::string> city;     // place, country and coordinates
  std::vector<std::string> country;  // asked when no city file knows the country
  std::vector<std::string> asn;      // number and name of the network
  bool operator==(const Config&) const = default;
};
BOOST_DESCRIBE_STRUCT(Config, (), (city, country, asn))

}  // namespace davylamp::geoip
