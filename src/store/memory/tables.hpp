// What the memory store holds, behind one lock.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "contract/store.hpp"
#include "store/audit_chain.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {

struct Load {
  model::Counters bytes;
  std::uint64_t sessions = 0;
};

// Loads by time and server, and the most sessions of all servers together.
struct LoadTier {
  std::map<std::pair<base::Time, std::string>, Load> loads;
  std::map<base::Time, std::uint64_t> peaks;
};

// By time, user and server.
using UserTraffic = std::map<std::tuple<base::Time, std::string, std::string>, model::Counters>;

// By hour, source, boot and number.
using AttemptKey = std::tuple<base::Time, model::SourceId, std::uint64_t, std::uint64_t>;

struct User {
  contract::UserRow row;
  model::SessionId latest_session_id = 0;
};

struct Tables {
  std::mutex mutex;
  std::uint64_t last_batch = 0;
  model::SessionId next_session_id = 1;
  std::uint64_t next_event_id = 1;
  std::map<model::SessionId, contract::StoredSession> sessions;
  std::map<std::pair<model::SessionId, model::Endpoint>, contract::EndpointRow> endpoints;
  std::map<std::pair<base::Time, model::SessionId>, model::Counters> traffic_minute;
  UserTraffic traffic_hour;
  UserTraffic traffic_day;
  LoadTier load_minute;
  LoadTier load_hour;
  LoadTier load_day;
  std::map<std::string, User> users;
  std::map<std::string, model::Server> servers;
  std::map<model::SourceId, model::Cursor> cursors;
  std::map<std::uint64_t, model::Event> events;
  std::map<AttemptKey, model::AttemptCount> attempts;
  std::map<std::string, model::Account> accounts;
  std::map<std::string, model::RefreshToken> refresh_tokens;
  std::map<std::uint64_t, model::ApiToken> api_tokens;
  std::uint64_t next_api_token_id = 1;
  std::map<std::string, model::ServerGroup> server_groups;
  std::map<std::string, model::Node> nodes;
  std::vector<model::AuditEntry> audit;  // see append_audit()
  store::ChainEnd audit_end;
  store::ChainEnd audit_cut;  // the newest line that was forgotten
  std::string signing_key;
  std::uint64_t limits_revision = 0;
  std::uint64_t next_limit_id = 1;
  std::uint64_t next_grant_id = 1;
  std::map<std::string, model::Group> groups;
  std::map<std::uint64_t, model::Limit> limits;
  std::map<std::uint64_t, model::Grant> grants;
  std::map<std::pair<std::uint64_t, std::string>, model::Reset> resets;
  std::map<std::string, model::Block> blocks;
  std::map<std::tuple<std::uint64_t, std::string, base::Time>, model::UsagePeriod> usage_periods;
  std::map<std::string, model::HouseJob> jobs;
  std::map<std::string, model::AgentSettings> agent_settings;
  std::map<std::string, model::AgentToken> agent_tokens;  // by hash
  std::map<std::string, model::Agent> agents;
  std::map<std::pair<base::Time, std::string>, model::AgentHour> agent_hours;
  std::uint64_t alerting_revision = 0;
  std::uint64_t next_rule_id = 1;
  std::uint64_t next_silence_id = 1;
  std::map<std::uint64_t, model::AlertRule> rules;
  std::map<std::uint64_t, model::Silence> silences;
  std::uint64_t next_incident_id = 1;
  std::uint64_t next_delivery_id = 1;
  std::map<std::uint64_t, model::Incident> incidents;
  std::map<std::uint64_t, model::Delivery> deliveries;
};

// Chains the line to the one before. The caller holds the lock.
inline void append_audit(Tables& tables, const model::AuditEntry& entry) {
  tables.audit.push_back(store::chained(tables.audit_end, store::stored_form(entry)));
  tables.audit_end = {tables.audit.back().number, tables.audit.back().hash};
}

// What operators laid down. The caller holds the lock.
model::Limits all_limits(const Tables& tables);
std::vector<model::AgentSettings> all_agent_settings(const Tables& tables);
// With the settings as they are now; one that was never heard of is there, waiting.
std::vector<model::Agent> all_agents(const Tables& tables);
model::Alerting all_alerting(const Tables& tables);

}  // namespace davylamp::memory
