// Open sessions by place.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace davylamp::api {

// All open sessions with the same coordinates. `servers`: how many of them go through which server.
struct MapPoint {
  double latitude = 0;
  double longitude = 0;
  std::optional<std::string> city;
  std::string country_code;
  std::string country;
  std::uint64_t sessions = 0;
  std::uint64_t users = 0;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  std::map<std::string, std::uint64_t> servers;
};
BOOST_DESCRIBE_STRUCT(MapPoint, (),
                      (latitude, longitude, city, country_code, country, sessions, users, rx_bps, tx_bps, servers))

struct MapServer {
  std::string name;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::uint64_t sessions = 0;
};
BOOST_DESCRIBE_STRUCT(MapServer, (), (name, latitude, longitude, sessions))

struct MapCountry {
  std::string country_code;
  std::uint64_t sessions = 0;
};
BOOST_DESCRIBE_STRUCT(MapCountry, (), (country_code, sessions))

// `without_location` counts open sessions that have no coordinates.
struct MapView {
  std::vector<MapPoint> points;
  std::vector<MapServer> servers;
  std::vector<MapCountry> countries;
  std::uint64_t without_location = 0;
};
BOOST_DESCRIBE_STRUCT(MapView, (), (points, servers, countries, without_location))

}  // namespace davylamp::api
