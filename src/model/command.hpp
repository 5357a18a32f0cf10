// What should be done: from people (serve) and from the rules (process) to those who can do it (collect).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "model/limits.hpp"
#include "model/observation.hpp"
#include "model/shard.hpp"

namespace davylamp::model {

// How a session is ended. kick: it may come back at once. halt: the client is told to stop and not to come back.
// refuse: as halt, and the client shows `message` to its user.
enum class EndMode { kick, halt, refuse };
BOOST_DESCRIBE_ENUM(EndMode, kick, halt, refuse)

// End one session. The source makes sure that the peer is still the one it was before it acts.
struct EndSession {
  static constexpr std::string_view kind = "end_session";
  SourceId source;
  std::string peer;
  SessionId session_id = 0;
  std::string user;
  EndMode mode = EndMode::kick;
  EndReason reason = EndReason::killed;
  std::string message;  // for the client, plain text; the source makes it safe for its protocol
};
BOOST_DESCRIBE_STRUCT(EndSession, (), (source, peer, session_id, user, mode, reason, message))

enum class RefusalReason { quota, blocked };
BOOST_DESCRIBE_ENUM(RefusalReason, quota, blocked)

struct Refusal {
  std::string user;
  RefusalReason reason = RefusalReason::quota;
  std::optional<base::Time> until_at;
  bool operator==(const Refusal&) const = default;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (user, reason, until_at))

// Who is not to be let in from now on: the whole list, in order of user, each once. Repeated now and then, so that a
// lost one heals.
struct RefuseUsers {
  static constexpr std::string_view kind = "refuse_users";
  std::vector<Refusal> refusals;
};
BOOST_DESCRIBE_STRUCT(RefuseUsers, (), (refusals))

// Report the peers of `source` no later than `at`: a limit is expected to be reached about then.
struct ReportBy {
  static constexpr std::string_view kind = "report_by";
  SourceId source;
  base::Time at{};
};
BOOST_DESCRIBE_STRUCT(ReportBy, (), (source, at))

// A virtual address that may move so many bytes more before the kernel drops its packets.
struct KernelStop {
  SessionId session_id = 0;
  SourceId source;
  Address virtual_address;
  TrafficDirection direction = TrafficDirection::both;
  std::uint64_t remaining_bytes = 0;  // by what was reported up to `seen_at`
  base::Time seen_at{};
};
BOOST_DESCRIBE_STRUCT(KernelStop, (), (session_id, source, virtual_address, direction, remaining_bytes, seen_at))

// All kernel stops that should be in force: the whole list. Repeated while it is not empty.
struct StopInKernel {
  static constexpr std::string_view kind = "stop_in_kernel";
  std::vector<KernelStop> stops;
};
BOOST_DESCRIBE_STRUCT(StopInKernel, (), (stops))

// Limits, groups, grants, resets or blocks changed in the store: read them again.
struct LimitsChanged {
  static constexpr std::string_view kind = "limits_changed";
};
BOOST_DESCRIBE_STRUCT(LimitsChanged, (), ())

// Run a house job now, by name.
struct RunJob {
  static constexpr std::string_view kind = "run_job";
  std::string job;
};
BOOST_DESCRIBE_STRUCT(RunJob, (), (job))

// A user was erased from the store: nothing of the user that is over may be written again.
struct ForgetUser {
  static constexpr std::string_view kind = "forget_user";
  std::string user;
};
BOOST_DESCRIBE_STRUCT(ForgetUser, (), (user))

// Agents, their settings or the rules of alerts changed in the store: read them again.
struct AgentsChanged {
  static constexpr std::string_view kind = "agents_changed";
};
BOOST_DESCRIBE_STRUCT(AgentsChanged, (), ())
struct AlertingChanged {
  static constexpr std::string_view kind = "alerting_changed";
};
BOOST_DESCRIBE_STRUCT(AlertingChanged, (), ())

// Somebody has taken an incident: it is not said again.
struct Acknowledge {
  static constexpr std::string_view kind = "acknowledge";
  std::uint64_t incident_id = 0;
  std::string by;
};
BOOST_DESCRIBE_STRUCT(Acknowledge, (), (incident_id, by))

// Say a test message on a channel now; answered when the provider has.
struct TestChannel {
  static constexpr std::string_view kind = "test_channel";
  std::string channel;
};
BOOST_DESCRIBE_STRUCT(TestChannel, (), (channel))

using Order = std::variant<EndSession, RefuseUsers, ReportBy, StopInKernel, LimitsChanged, RunJob, ForgetUser,
                           AgentsChanged, AlertingChanged, Acknowledge, TestChannel>;

// `id` is unique among those that await an answer, 0 when nobody waits. Not carried out after `expires_at`. With a
// `shard` it is for the nodes of that shard only: a whole list is whole for them.
struct Command {
  std::uint64_t id = 0;
  base::Time expires_at{};
  Order order;
  std::optional<Shard> shard{};
};
BOOST_DESCRIBE_STRUCT(Command, (), (id, expires_at, order, shard))

inline bool is_for_node(const Command& command, std::string_view node) {
  return !command.shard || shard_of_node(node, command.shard->count) == command.shard->index;
}

}  // namespace davylamp::model
