// Sums over what is open now, with today and the day before beside them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::api {

struct Today {
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t sessions = 0;
  base::Time since_at{};
};
BOOST_DESCRIBE_STRUCT(Today, (), (rx_bytes, tx_bytes, sessions, since_at))

// The same minute, 24 hours ago. How many users there were is not kept, so it is absent.
struct DayBefore {
  std::uint64_t open_sessions = 0;
  std::optional<std::uint64_t> open_users;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
};
BOOST_DESCRIBE_STRUCT(DayBefore, (), (open_sessions, open_users, rx_bps, tx_bps))

struct TopUser {
  std::string user;
  std::optional<std::string> country_code;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
};
BOOST_DESCRIBE_STRUCT(TopUser, (), (user, country_code, rx_bps, tx_bps))

struct TopCountry {
  std::string country_code;
  std::string country;
  std::uint64_t sessions = 0;
};
BOOST_DESCRIBE_STRUCT(TopCountry, (), (country_code, country, sessions))

struct Stats {
  base::Time at{};
  std::uint64_t open_sessions = 0;
  std::uint64_t open_users = 0;
  std::uint64_t countries = 0;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  Today today;
  std::optional<DayBefore> day_before;
  std::vector<TopUser> top_users;         // by rx_bps + tx_bps, at most 10
  std::vector<TopCountry> top_countries;  // by sessions, at most 10
};
BOOST_DESCRIBE_STRUCT(Stats, (),
                      (at, open_sessions, open_users, countries, rx_bps, tx_bps, today, day_before, top_users,
                       top_countries))

}  // namespace davylamp::api
