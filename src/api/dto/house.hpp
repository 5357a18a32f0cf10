// What is asked and answered about actions, the audit log, house jobs, losses and privacy.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/account.hpp"
#include "model/house_job.hpp"

namespace davylamp::api {

// kick: the client may come back at once. halt: it is told to stop.
enum class EndWish { kick, halt };
BOOST_DESCRIBE_ENUM(EndWish, kick, halt)

// The body of POST /sessions/{id}/end.
struct EndRequest {
  EndWish mode = EndWish::kick;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(EndRequest, (), (mode, reason))

// What was done, in a sentence.
struct ActionResult {
  bool ok = true;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(ActionResult, (), (ok, text))

// How many rows of a user are gone.
struct Erased {
  std::uint64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(Erased, (), (rows))

// The latest first. `next_before` is there when older ones may exist.
struct AuditList {
  std::vector<model::AuditEntry> items;
  std::optional<std::uint64_t> next_before;
};
BOOST_DESCRIBE_STRUCT(AuditList, (), (items, next_before))

struct JobList {
  std::vector<model::HouseJob> items;
};
BOOST_DESCRIBE_STRUCT(JobList, (), (items))

// Something that one role lost since it started, and what that means.
struct RoleLoss {
  std::string role;
  std::string name;
  std::uint64_t count = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(RoleLoss, (), (role, name, count, text))

struct LossList {
  std::vector<RoleLoss> items;
};
BOOST_DESCRIBE_STRUCT(LossList, (), (items))

// What is kept of users. `mode` is the privacy mode; `statement` says it in sentences; `retention` is days by kind, 0
// for ever.
struct Privacy {
  std::string mode = "full";
  std::vector<std::string> statement;
  std::map<std::string, std::uint64_t> retention;
};
BOOST_DESCRIBE_STRUCT(Privacy, (), (mode, statement, retention))

}  // namespace davylamp::api
