#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace davylamp::api {

// An answer that is not a success (RFC 9457). `type` is stable and machine readable, `detail` is for people. `members`:
// what is wrong with which member of the body, by its path ("period.zone"). `challenge`: of a login that needs a second
// factor, for POST /api/v1/auth/second-factor.
struct Problem {
  std::string type;
  std::string title;
  std::uint64_t status = 500;
  std::string detail;
  std::string request_id;
  std::optional<std::uint64_t> retry_after_seconds;
  std::optional<std::map<std::string, std::string>> members;
  std::optional<std::string> challenge;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, request_id, retry_after_seconds, members, challenge))

}  // namespace davylamp::api
