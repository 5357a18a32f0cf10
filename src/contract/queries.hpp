// Questions to the store and the answers.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.hpp"
#include "model/incident.hpp"
#include "model/session.hpp"

namespace davylamp::contract {

enum class SessionSort {
  user,
  server,
  real_address,
  country,
  virtual_address,
  opened_at,
  closed_at,
  rx_bytes,
  tx_bytes,
  rx_bps,
  tx_bps
};
BOOST_DESCRIBE_ENUM(SessionSort, user, server, real_address, country, virtual_address, opened_at, closed_at, rx_bytes,
                    tx_bytes, rx_bps, tx_bps)
enum class Direction { ascending, descending };

// Empty lists and absent members do not filter. `text` is looked for, ignoring ASCII case, in user, common name,
// real and virtual address, country, city and network.
struct SessionQuery {
  std::vector<std::string> servers;
  std::vector<std::string> users;
  std::vector<std::string> country_codes;
  std::vector<std::string> transports;
  std::optional<model::Address> address;  // exactly: the real one, or the virtual one of its kind
  std::optional<base::Time> at;           // that were open then
  std::string text;
  SessionSort sort = SessionSort::closed_at;
  Direction direction = Direction::descending;
  std::size_t limit = 100;
  std::optional<std::string> cursor;  // opaque: next_cursor of the page before
};

struct SessionPage {
  std::vector<model::Session> items;
  std::uint64_t total = 0;  // that match, over all pages
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(SessionPage, (), (items, total, next_cursor))

struct EndpointRow {
  model::Address real_address;
  std::optional<std::uint16_t> real_port;
  std::optional<model::Place> place;
  base::Time first_seen_at{};
  base::Time last_seen_at{};
};
BOOST_DESCRIBE_STRUCT(EndpointRow, (), (real_address, real_port, place, first_seen_at, last_seen_at))

struct TrafficPoint {
  base::Time at{};
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(TrafficPoint, (), (at, rx_bytes, tx_bytes))

struct TrafficSeries {
  std::uint64_t step_seconds = 60;
  std::vector<TrafficPoint> points;  // in order; a step without traffic is absent
};
BOOST_DESCRIBE_STRUCT(TrafficSeries, (), (step_seconds, points))

enum class UserSort { user, sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at };
BOOST_DESCRIBE_ENUM(UserSort, user, sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at)

struct UserQuery {
  std::string text;
  UserSort sort = UserSort::last_seen_at;
  Direction direction = Direction::descending;
  std::size_t limit = 100;
  std::optional<std::string> cursor;
};

// A VPN user over all sessions ever stored. `open_sessions` is filled in by the serve role.
struct UserRow {
  std::string user;
  std::uint64_t sessions = 0;
  std::uint64_t open_sessions = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  base::Time first_seen_at{};
  base::Time last_seen_at{};
  std::optional<std::string> country_code;  // of the latest session
};
BOOST_DESCRIBE_STRUCT(UserRow, (),
                      (user, sessions, open_sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, country_code))

struct UserPage {
  std::vector<UserRow> items;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(UserPage, (), (items, total, next_cursor))

struct HistoryQuery {
  base::Time from{};
  base::Time to{};
  std::uint64_t step_seconds = 60;  // 60, 300, 3600 or 86400
  std::vector<std::string> servers;
};

struct HistoryPoint {
  base::Time at{};
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t sessions = 0;  // the most that were open at once within one minute of the step
};
BOOST_DESCRIBE_STRUCT(HistoryPoint, (), (at, rx_bytes, tx_bytes, sessions))

struct HistorySeries {
  std::uint64_t step_seconds = 60;
  std::vector<HistoryPoint> points;
};
BOOST_DESCRIBE_STRUCT(HistorySeries, (), (step_seconds, points))

// Bytes moved, and sessions opened, within a span.
struct Totals {
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t sessions = 0;
};
BOOST_DESCRIBE_STRUCT(Totals, (), (rx_bytes, tx_bytes, sessions))

enum class AttemptSort { count, last_at };
BOOST_DESCRIBE_ENUM(AttemptSort, count, last_at)

// Of the hours from the one that holds `from` on. Empty lists and absent members do not filter. The greatest first.
struct AttemptQuery {
  base::Time from{};
  std::vector<std::string> servers;
  std::optional<model::AttemptOutcome> outcome;
  AttemptSort sort = AttemptSort::count;
  std::size_t limit = 100;
  std::optional<std::string> cursor;
};

// Attempts that are alike in everything but their time. All whose address is not kept are together, without a place.
struct AttemptRow {
  std::optional<model::Address> address;
  std::optional<model::Place> place;
  std::string protocol;
  std::optional<std::uint16_t> port;
  model::AttemptOutcome outcome = model::AttemptOutcome::refused;
  std::string why;
  std::string user;
  std::string server;
  std::uint64_t count = 0;
  base::Time first_at{};
  base::Time last_at{};
  bool operator==(const AttemptRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttemptRow, (),
                      (address, place, protocol, port, outcome, why, user, server, count, first_at, last_at))

// Attempts from one country; the country is absent for those whose place is not known.
struct CountryAttempts {
  std::optional<std::string> country_code;
  std::optional<std::string> country;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t accepted = 0;
  bool operator==(const CountryAttempts&) const = default;
};
BOOST_DESCRIBE_STRUCT(CountryAttempts, (), (country_code, country, refused, failed, accepted))

struct AttemptPage {
  std::vector<AttemptRow> items;
  std::vector<CountryAttempts> countries;  // of all that match, over all pages; the most attempts first
  std::uint64_t total = 0;                 // rows that match, over all pages
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(AttemptPage, (), (items, countries, total, next_cursor))

// Incidents that are pending, firing or resolved; those that ended before they fired are not kept. Newest first. Empty
// members do not filter.
struct IncidentQuery {
  std::optional<bool> open;        // not resolved / resolved
  std::optional<base::Time> from;  // resolved after, or still open
  std::optional<base::Time> to;    // began before
  std::optional<model::Severity> severity;
  std::string subject;  // exactly
  std::size_t limit = 100;
  std::optional<std::string> cursor;
};

struct IncidentPage {
  std::vector<model::Incident> items;
  std::uint64_t total = 0;  // that match, over all pages
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(IncidentPage, (), (items, total, next_cursor))

}  // namespace davylamp::contract
