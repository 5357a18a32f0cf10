// Everything that is kept on one VPN user.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "contract/queries.hpp"
#include "model/account.hpp"
#include "model/event.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::api {

struct ExportedSession {
  model::Session session;
  std::vector<contract::EndpointRow> endpoints;
  contract::TrafficSeries traffic;
};
BOOST_DESCRIBE_STRUCT(ExportedSession, (), (session, endpoints, traffic))

// `complete` is false when there was more than one answer may hold; `text` then says what is left out. `limits` are the
// user's own, `grants` and `resets` those that name the user, `audit` the lines about the user.
struct UserExport {
  std::string user;
  base::Time exported_at{};
  bool complete = true;
  std::string text;
  std::vector<ExportedSession> sessions;
  contract::TrafficSeries traffic;
  std::vector<model::Quota> quotas;
  std::vector<std::string> groups;
  std::vector<model::Limit> limits;
  std::vector<model::Grant> grants;
  std::vector<model::Reset> resets;
  std::optional<model::Block> block;
  std::vector<model::UsagePeriod> periods;
  std::vector<model::Event> events;
  std::vector<model::AuditEntry> audit;
};
BOOST_DESCRIBE_STRUCT(UserExport, (),
                      (user, exported_at, complete, text, sessions, traffic, quotas, groups, limits, grants, resets,
                       block, periods, events, audit))

}  // namespace davylamp::api
