// The hub's door: agents and other tools report here. One object per daemon, on the loop of the serve role.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/agents/heartbeat_keeper.hpp"
#include "api/agents/key_ring.hpp"
#include "api/agents/ping.hpp"
#include "api/agents/report_body.hpp"
#include "api/agents/status_board.hpp"
#include "api/dto/house.hpp"
#include "api/http.hpp"
#include "api/rates/bucket_table.hpp"
#include "contract/heartbeat_journal.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"
#include "model/command.hpp"
#include "model/network.hpp"

namespace davylamp::api {

// What was turned away, since the start.
struct ReportStats {
  std::uint64_t malformed = 0;  // bodies, paths and parameters that could not be read
  std::uint64_t unknown_keys = 0;
  std::uint64_t limited = 0;      // over their rate
  std::uint64_t not_allowed = 0;  // from where no report is taken
  std::uint64_t replayed = 0;
  std::uint64_t from_the_future = 0;
  std::uint64_t agents_refused = 0;  // there are too many already
  std::uint64_t logs_passed_over = 0;
};

class ReportService {
 public:
  struct Options {
    std::string shared_key;             // empty: none
    std::vector<model::Network> allow;  // from where reports are taken; empty: from everywhere
    Rate rate;
    std::string version;  // of the daemon
    std::optional<std::string> canary_zone;
  };
  struct Dependencies {
    io::Worker<contract::AgentStore>& agents;
    io::Worker<contract::HeartbeatJournal>& journal;
    const base::Clock& clock;
    boost::asio::any_io_executor executor;
    Options options;
    // Heartbeats that are durable now, in the order of their numbers. Never blocks, never throws.
    std::function<void(std::vector<model::Heartbeat>&&)> accepted;
    // Publishes a command. Never blocks, never throws.
    std::function<void(model::Command)> issue;
  };
  explicit ReportService(Dependencies dependencies);

  // Whether the request is this service's: reports, and what those who report may ask. They show a key of their own, so
  // neither the name in Host nor an Origin matters.
  static bool takes(const Request& request);
  io::Task<Response> answer(const Request& request);

  // Reads agents and tokens from the store: at start, and before anybody is told that one was changed or revoked.
  io::Task<void> reload();
  // What is true of agents now, for /status.
  StatusBoard& board() { return board_; }
  // Asks the agent to test at once, in the answer to its next report. False when it is not known.
  bool ask_again(const std::string& agent);
  // Makes heartbeats durable, until cancelled (operation_aborted).
  io::Task<void> run() { return keeper_.run(); }

  const ReportStats& stats() const { return stats_; }
  const KeeperStats& keeper_stats() const { return keeper_.stats(); }
  std::vector<RoleLoss> losses() const;

 private:
  // One report on its way.
  struct Visit {
    const Request& request;
    base::Time now{};
    std::shared_ptr<Reporter> reporter{};  // null: who showed the shared key
    std::optional<Signature> signature{};
    Allowance allowance{};
  };
  using Objection = std::optional<Response>;
  io::Task<Response> route(const Request& request);
  io::Task<Response> keepalive(const Request& request);
  io::Task<Response> ping(const Request& request);
  io::Task<Response> enrol(const Request& request);
  bool takes_from(const model::Address& address) const;
  Response health() const;
  Response status(const Request& request);
  Response my_address(const Request& request);

  // Whose key it is; a response when the call must not go further.
  Objection admit(std::string_view key, Visit& visit);
  Objection check_signed(std::string_view key, Visit& visit);
  io::Task<Objection> name_reporter(const ReportBody& body, Visit& visit);
  io::Task<Objection> register_agent(const ReportBody& body, const std::string& name, Visit& visit);
  Objection limit(Visit& visit);
  // Fills in what only the hub says. Takes away what is kept already.
  Objection stamp(std::vector<model::Heartbeat>& heartbeats, const Visit& visit);
  Objection check_times(std::vector<model::Heartbeat>& heartbeats, const Visit& visit);
  io::Task<Objection> keep(std::vector<model::Heartbeat> heartbeats, Visit& visit);
  io::Task<std::optional<Response>> exchange(const std::string& one_time_token, const Request& request);
  Response too_many(const Request& request, const Allowance& allowance, const Rate& rate);
  Response received(const Visit& visit, bool own) const;

  io::Worker<contract::AgentStore>& agents_;
  const base::Clock& clock_;
  Options options_;
  Rate guess_rate_;
  std::function<void(model::Command)> issue_;
  base::Time started_at_;
  KeyRing keys_;
  BucketTable strangers_;  // calls without a good key, agents that register themselves
  BucketTable guesses_;    // calls with a wrong key
  StatusBoard board_;
  ReportStats stats_;
  HeartbeatKeeper keeper_;
};

}  // namespace davylamp::api
