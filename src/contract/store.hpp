// The store seam. Calls block, throw base::Failure when the store fails, and must come from one thread per object: give
// each object to a Worker. Implementations: store/memory, store/sqlite. The tests every implementation must pass are in
// contract/testing/store_contract.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/queries.hpp"
#include "contract/shard_leases.hpp"
#include "model/account.hpp"
#include "model/agent.hpp"
#include "model/event.hpp"
#include "model/house_job.hpp"
#include "model/incident.hpp"
#include "model/ledger.hpp"
#include "model/limits.hpp"
#include "model/node.hpp"
#include "model/quota.hpp"
#include "model/shard.hpp"

namespace davylamp::contract {

using model::Checkpoint;
using model::Cursor;
using model::EndpointSighting;
using model::ServerLoad;
using model::StoredAttempt;
using model::StoredSession;
using model::TrafficIncrement;

// Everything that one commit writes. `number` counts up from the checkpoint's last_batch + 1.
struct Batch {
  std::uint64_t number = 0;
  std::vector<Cursor> cursors;
  std::vector<StoredSession> sessions;  // whole rows, replacing what is stored under their id
  std::vector<TrafficIncrement> traffic;
  std::vector<EndpointSighting> endpoints;
  std::vector<ServerLoad> loads;
  std::vector<model::Server> servers;  // whole rows by name
  std::vector<model::Event> events;
  std::vector<model::UsagePeriod> periods;    // that ended; one that is stored stays as it is
  std::vector<model::Reset> resets;           // with `forgiven` reckoned: for a reset that still has the same `at`
  std::vector<model::Grant> grants;           // whose `spent_bytes` grew
  std::vector<StoredAttempt> attempts;        // raise what is stored of their row
  std::vector<model::Agent> agents;           // whole rows by name; without one that was removed meanwhile
  std::vector<model::AgentHour> agent_hours;  // whole rows by agent and hour
  std::vector<model::Incident> incidents;     // whole rows by id; one that ended before it fired is removed
  std::vector<model::Delivery> deliveries;    // whole rows by id
  bool empty() const {
    return sessions.empty() && traffic.empty() && endpoints.empty() && loads.empty() && servers.empty() &&
           events.empty() && periods.empty() && resets.empty() && grants.empty() && attempts.empty() &&
           agents.empty() && agent_hours.empty() && incidents.empty() && deliveries.empty();
  }
};

// How long each tier is kept; rows older than this are removed. Zero keeps for ever.
struct Retention {
  base::Seconds minutes{7 * 86'400};     // traffic per session and minute, load per minute
  base::Seconds hours{400 * 86'400};     // traffic per user, server and hour; hours of agents
  base::Seconds days{0};                 // traffic per user, server and day; periods of limits that are over
  base::Seconds sessions{400 * 86'400};  // closed sessions and their endpoints
  base::Seconds events{
      90 * 86'400};  // and hours of attempts, resolved incidents, deliveries that are done, silences that are over
  base::Seconds audit{400 * 86'400};
};
BOOST_DESCRIBE_STRUCT(Retention, (), (minutes, hours, days, sessions, events, audit))

class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  // Writes the whole batch in one transaction, or nothing. A batch whose number is not greater than the last one
  // committed is ignored (it was delivered twice). Traffic goes into all tiers at once: minute, hour, day.
  // Throws Failure "lease_lost" when another has the shard of this writer by now: nothing was written.
  virtual void commit(const Batch& batch) = 0;
  // Of this writer's shard.
  virtual Checkpoint load_checkpoint() = 0;
  // Removes at most `limit` rows that are older than their tier allows; returns how many. Call again while it returns
  // `limit`.
  virtual std::uint64_t forget(base::Time now, const Retention& retention, std::uint64_t limit) = 0;
  // What each user moved from the minute of `from` on, over all servers, in order of user: exact while the minutes of
  // that hour are kept. Once they are forgotten the whole hour counts (the whole day, once its hours are): a guess.
  // Erased users are together under "". Sees everything committed.
  virtual std::vector<model::UserUsage> usage(base::Time from) = 0;
  virtual model::Limits limits() = 0;
  virtual std::vector<model::AgentSettings> agents() = 0;
  virtual model::Alerting alerting() = 0;
  // Work on the whole store, each short enough to stand between two commits. Each returns a sentence on what it did.
  virtual std::string optimize() = 0;    // SQLite: PRAGMA optimize
  virtual std::string checkpoint() = 0;  // SQLite: the write-ahead log goes into the database
  virtual std::string vacuum() = 0;      // SQLite: gives free pages back, at most a few MB at a time
  // A whole, consistent copy at `path` while everything goes on. Throws when the file exists or cannot be written.
  virtual std::string backup(const std::string& path) = 0;
  virtual void record_job(const model::HouseJob& job) = 0;
  virtual std::vector<model::HouseJob> jobs() = 0;
};

class StoreReader {
 public:
  virtual ~StoreReader() = default;
  // Closed sessions (open ones are served from memory).
  virtual SessionPage closed_sessions(const SessionQuery& query) = 0;
  // All open sessions as of the last commit, in order of id.
  virtual std::vector<model::Session> open_sessions() = 0;
  // Any session by id; an open one as of the last commit.
  virtual std::optional<model::Session> session(model::SessionId id) = 0;
  virtual std::vector<EndpointRow> endpoints(model::SessionId id) = 0;
  // Traffic of one session, in steps of at least a minute, so that at most `most_points` come back.
  virtual TrafficSeries session_traffic(model::SessionId id, std::size_t most_points) = 0;
  virtual UserPage users(const UserQuery& query) = 0;
  virtual std::optional<UserRow> user(const std::string& name) = 0;
  virtual TrafficSeries user_traffic(const std::string& name, base::Time from, base::Time to) = 0;
  // All servers together, or the named ones. Points without any report are absent.
  virtual HistorySeries history(const HistoryQuery& query) = 0;
  virtual std::vector<model::Event> events(std::size_t limit, std::optional<std::uint64_t> before) = 0;
  // As events(), of one user.
  virtual std::vector<model::Event> user_events(const std::string& user, std::size_t limit,
                                                std::optional<std::uint64_t> before) = 0;
  virtual std::vector<model::Server> servers() = 0;
  // Rows that differ only in their hour, their source or its boot are one.
  virtual AttemptPage attempts(const AttemptQuery& query) = 0;
  // In order of name, with the settings as they are now; one that was never heard of is there, waiting.
  virtual std::vector<model::Agent> agents() = 0;
  virtual std::optional<model::Agent> agent(const std::string& name) = 0;
  // From the hour that holds `from` to before `to`, in order of agent and hour; of every agent when `agent` is empty.
  virtual std::vector<model::AgentHour> agent_hours(const std::string& agent, base::Time from, base::Time to) = 0;
  virtual IncidentPage incidents(const IncidentQuery& query) = 0;
  virtual std::optional<model::Incident> incident(std::uint64_t id) = 0;
  // Newest first; of every incident when `incident_id` is 0.
  virtual std::vector<model::Delivery> deliveries(std::uint64_t incident_id, std::size_t limit) = 0;
  virtual Totals totals(base::Time from, base::Time to, const std::vector<std::string>& servers) = 0;
};

// Accounts, refresh tokens and the audit log. Written by the serve role and by the command line.
class AccountStore {
 public:
  virtual ~AccountStore() = default;
  // Fails with "exists" when the name is taken.
  virtual base::Result<void> add_account(const model::Account& account) = 0;
  // Fails with "not_found". Revokes every refresh token of the account.
  virtual base::Result<void> set_password(const std::string& name, const std::string& password_hash) = 0;
  virtual std::optional<model::Account> account(const std::string& name) = 0;
  virtual std::vector<model::Account> accounts() = 0;
  virtual void record_login(const std::string& name, base::Time at) = 0;
  virtual void add_refresh_token(const model::RefreshToken& token) = 0;
  // Marks the token used and returns it as it was before; nothing when unknown. Atomic.
  virtual std::optional<model::RefreshToken> use_refresh_token(const std::string& token_hash, base::Time at) = 0;
  virtual void revoke_family(const std::string& family) = 0;
  virtual void forget_refresh_tokens(base::Time expired_before) = 0;
  // What is written replaces role, origin, scope and, when it is not empty, the password's hash; "not_found". Revokes
  // every refresh token of the account when role or password change.
  virtual base::Result<void> change_account(const model::Account& account, const model::AuditEntry& audit) = 0;
  // With its tokens; "not_found".
  virtual base::Result<void> remove_account(const std::string& name, const model::AuditEntry& audit) = 0;
  // "not_found".
  virtual base::Result<void> set_second_factor(const std::string& name,
                                               const std::optional<model::SecondFactor>& factor,
                                               const model::AuditEntry& audit) = 0;
  // A code of this step was given: true when it is newer than the last that was taken, which it then is. Atomic.
  virtual bool use_code_step(const std::string& name, std::uint64_t step) = 0;
  // True when there was such a recovery code; it is used up. Atomic.
  virtual bool use_recovery_code(const std::string& name, const std::string& code_hash) = 0;

  virtual std::vector<model::ApiToken> api_tokens() = 0;
  virtual std::optional<model::ApiToken> api_token(const std::string& token_hash) = 0;
  // Returns its id.
  virtual std::uint64_t add_api_token(const model::ApiToken& token, const model::AuditEntry& audit) = 0;
  virtual base::Result<void> remove_api_token(std::uint64_t id, const model::AuditEntry& audit) = 0;
  virtual void note_api_token_used(std::uint64_t id, base::Time at) = 0;

  virtual std::vector<model::ServerGroup> server_groups() = 0;
  virtual void put_server_group(const model::ServerGroup& group, const model::AuditEntry& audit) = 0;
  // "not_found"; "in_use" while an account's scope names it.
  virtual base::Result<void> remove_server_group(const std::string& name, const model::AuditEntry& audit) = 0;

  virtual void append_audit(const model::AuditEntry& entry) = 0;
  // Newest first; those before the line with that number, when it is given.
  virtual std::vector<model::AuditEntry> audit(std::size_t limit, std::optional<std::uint64_t> before = {}) = 0;
  virtual model::AuditCheck check_audit() = 0;
  // The secret that signs access tokens: made once, 32 random bytes given by the caller, the stored one wins.
  virtual std::string signing_key(const std::string& proposed) = 0;
};

// What operators lay down. Written by the serve role; every change and its line in the audit log are one transaction,
// and make the revision grow. Ids are given by the store, never used again. "not_found" and "exists" are errors.
class LimitStore {
 public:
  virtual ~LimitStore() = default;
  virtual model::Limits limits() = 0;
  // `id` is ignored. A limit over a period of kind `once`, or one that counts from now on, is followed by reset().
  virtual base::Result<std::uint64_t> add_limit(const model::Limit& limit, const model::AuditEntry& audit) = 0;
  virtual base::Result<void> change_limit(const model::Limit& limit, const model::AuditEntry& audit) = 0;
  // With its grants and resets; the periods that are over stay.
  virtual base::Result<void> remove_limit(std::uint64_t id, const model::AuditEntry& audit) = 0;
  virtual base::Result<std::uint64_t> add_grant(const model::Grant& grant, const model::AuditEntry& audit) = 0;
  virtual base::Result<void> remove_grant(std::uint64_t id, const model::AuditEntry& audit) = 0;
  // Replaces an earlier reset of the same limit and user.
  virtual base::Result<void> reset(const model::Reset& reset, const model::AuditEntry& audit) = 0;
  virtual void block(const model::Block& block, const model::AuditEntry& audit) = 0;  // replaces one of the same user
  virtual base::Result<void> unblock(const std::string& user, const model::AuditEntry& audit) = 0;
  virtual void put_group(const model::Group& group, const model::AuditEntry& audit) = 0;
  // Fails with "in_use" while a limit names it.
  virtual base::Result<void> remove_group(const std::string& name, const model::AuditEntry& audit) = 0;
  // The latest first.
  virtual std::vector<model::UsagePeriod> periods(std::uint64_t limit_id, const std::string& user,
                                                  std::size_t limit) = 0;
  // Removes what is kept of a user: sessions, endpoints, events, attempts, traffic, limits, blocks,
  // membership, incidents, rules and silences about the user. Bytes stay in the
  // sums of servers, without a name. Lines of the audit log whose whole subject is the user keep who did what and lose
  // subject and reason. Fails with "in_use" while a session is open. Returns how many rows went, or lost the name. What
  // is still to be committed of the user's closed sessions would come back: the process role must forget them, too.
  virtual base::Result<std::uint64_t> erase_user(const std::string& user, const model::AuditEntry& audit) = 0;
};

// Agents and their tokens. Written by the serve role as limits are: every change with its line in the audit log.
class AgentStore {
 public:
  virtual ~AgentStore() = default;
  virtual std::vector<model::AgentSettings> agents() = 0;
  // Adds it, or replaces its settings.
  virtual void put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) = 0;
  // With its tokens, its hours and its state; "not_found".
  virtual base::Result<void> remove_agent(const std::string& name, const model::AuditEntry& audit) = 0;
  virtual std::vector<model::AgentToken> tokens() = 0;
  // "not_found" when there is no such agent, "exists" when the hash is known.
  virtual base::Result<void> add_token(const model::AgentToken& token, const model::AuditEntry& audit) = 0;
  // A one-time token that was not used and is not over is used up, and `fresh` takes its place: in one transaction.
  // "not_found" otherwise.
  virtual base::Result<void> exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh,
                                            base::Time now, const model::AuditEntry& audit) = 0;
  // All tokens of an agent; returns how many.
  virtual std::uint64_t revoke_tokens(const std::string& agent, const model::AuditEntry& audit) = 0;
};

// Rules and silences.
class AlertStore {
 public:
  virtual ~AlertStore() = default;
  virtual model::Alerting alerting() = 0;
  // `id` is ignored by the first of each pair; "not_found" from the others.
  virtual std::uint64_t add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) = 0;
  virtual base::Result<void> change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) = 0;
  virtual base::Result<void> remove_rule(std::uint64_t id, const model::AuditEntry& audit) = 0;
  virtual std::uint64_t add_silence(const model::Silence& silence, const model::AuditEntry& audit) = 0;
  // Ends it at `at`.
  virtual base::Result<void> end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) = 0;
};

// Hosts whose collectors may deliver over the network. Every change with its line in the audit log.
class NodeStore {
 public:
  virtual ~NodeStore() = default;
  // In order of name.
  virtual std::vector<model::Node> nodes() = 0;
  virtual std::optional<model::Node> node_of(const std::string& token_hash) = 0;
  // Adds it, or gives it a new token: `name`, `token_hash`, `enrolled_at` and `enrolled_by` are written.
  virtual void enrol(const model::Node& node, const model::AuditEntry& audit) = 0;
  // What was measured: everything else of a node that is there.
  virtual void note(const model::Node& node) = 0;
  virtual base::Result<void> remove_node(const std::string& name, const model::AuditEntry& audit) = 0;  // "not_found"
};

// One opened store. Each object it makes may live on a thread of its own.
class Store {
 public:
  virtual ~Store() = default;
  // Writes for one shard; batches are numbered per shard. The whole is the only shard of a store for one daemon, which
  // throws Failure "shards" for any other.
  virtual std::unique_ptr<StoreWriter> writer(const model::Tenure& tenure) = 0;
  std::unique_ptr<StoreWriter> writer() { return writer({}); }
  virtual std::unique_ptr<StoreReader> reader() = 0;
  virtual std::unique_ptr<AccountStore> accounts() = 0;
  virtual std::unique_ptr<LimitStore> limits() = 0;
  virtual std::unique_ptr<AgentStore> agents() = 0;
  virtual std::unique_ptr<AlertStore> alerts() = 0;
  virtual std::unique_ptr<NodeStore> nodes() = 0;
  // Null: one daemon has it alone.
  virtual std::unique_ptr<ShardLeases> leases() { return nullptr; }
};

}  // namespace davylamp::contract
