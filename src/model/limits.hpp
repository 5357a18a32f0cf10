// What operators lay down about VPN users: limits, groups, grants, resets and blocks. Values only; the rules are in
// core/quota.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/counters.hpp"
#include "model/period.hpp"

namespace davylamp::model {

// Whom a limit binds. A user's own limit replaces every `each` limit of the user's groups; `group` limits always hold.
enum class LimitSubject {
  user,   // one user
  each,   // every member of a group alone
  group,  // all members of a group together
};
BOOST_DESCRIBE_ENUM(LimitSubject, user, each, group)

// As people see it: down is what the user downloads (tx), up what the user uploads (rx).
enum class TrafficDirection { down, up, both };
BOOST_DESCRIBE_ENUM(TrafficDirection, down, up, both)

// The bytes of `counters` that a limit in this direction counts.
inline std::uint64_t bytes_of(const Counters& counters, TrafficDirection direction) {
  switch (direction) {
    case TrafficDirection::down:
      return counters.tx_bytes;
    case TrafficDirection::up:
      return counters.rx_bytes;
    case TrafficDirection::both:
      break;
  }
  return counters.rx_bytes + counters.tx_bytes;
}

// Every user is a member of this group.
inline constexpr const char* everyone = "everyone";

struct Limit {
  std::uint64_t id = 0;
  LimitSubject subject_kind = LimitSubject::user;
  std::string subject;  // a user or a group
  TrafficDirection direction = TrafficDirection::both;
  std::uint64_t bytes = 0;
  Period period;
  std::uint64_t buffer_bytes = 0;                     // the user is stopped when so little is left
  std::vector<std::uint32_t> thresholds{50, 80, 95};  // percent: told when passed, once a period
  bool enforce = true;                                // false: told, never stopped
  bool kernel_stop = false;                           // also stopped by nftables on the virtual address
  std::string note;
  base::Time created_at{};
  std::string created_by;
  bool operator==(const Limit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Limit, (),
                      (id, subject_kind, subject, direction, bytes, period, buffer_bytes, thresholds, enforce,
                       kernel_stop, note, created_at, created_by))

// More bytes for a while: from `from_at` until `until_at` a limit allows `bytes` more, all periods in between together.
// `spent_bytes` is what earlier periods took of it; the core reckons it when a period ends.
struct Grant {
  std::uint64_t id = 0;
  std::uint64_t limit_id = 0;
  std::string user;  // the member, for an `each` limit; else empty
  std::uint64_t bytes = 0;
  base::Time from_at{};
  base::Time until_at{};
  std::string reason;
  std::string granted_by;
  std::uint64_t spent_bytes = 0;
  bool operator==(const Grant&) const = default;
};
BOOST_DESCRIBE_STRUCT(Grant, (), (id, limit_id, user, bytes, from_at, until_at, reason, granted_by, spent_bytes))

// The latest reset of one limit for one user: what was used of the period up to then is forgiven. `forgiven` is absent
// until the process role has reckoned it; it writes it in the transaction that holds every byte counted so far.
struct Reset {
  std::uint64_t limit_id = 0;
  std::string user;  // the member, for an `each` limit; else empty
  base::Time at{};
  std::string reset_by;
  std::optional<base::Time> period_start_at;
  std::optional<Counters> forgiven;
  bool operator==(const Reset&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reset, (), (limit_id, user, at, reset_by, period_start_at, forgiven))

// A user who is not let in, until then or until it is lifted.
struct Block {
  std::string user;
  std::optional<base::Time> until_at;
  std::string reason;
  std::string blocked_by;
  base::Time at{};
  bool operator==(const Block&) const = default;
};
BOOST_DESCRIBE_STRUCT(Block, (), (user, until_at, reason, blocked_by, at))

struct Group {
  std::string name;
  std::vector<std::string> members;  // in order, each once; ignored for `everyone`
  std::string note;
  bool operator==(const Group&) const = default;
};
BOOST_DESCRIBE_STRUCT(Group, (), (name, members, note))

// All of it. `revision` grows with every change.
struct Limits {
  std::uint64_t revision = 0;
  std::vector<Group> groups;
  std::vector<Limit> limits;
  std::vector<Grant> grants;
  std::vector<Reset> resets;
  std::vector<Block> blocks;
};
BOOST_DESCRIBE_STRUCT(Limits, (), (revision, groups, limits, grants, resets, blocks))

}  // namespace davylamp::model
