#include "app/tunnel_agent/token.hpp"

#include <optional>

#include "base/codec_read.hpp"
#include "base/text.hpp"
#include "io/kept_file.hpp"
#include "probe/deadline.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t largest_token_file = 4'096;
constexpr base::Backoff::Range pauses{base::Seconds{1}, base::Seconds{60}};

struct KeptIdentity {
  std::string name;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(KeptIdentity, (), (name, token))

std::string identity_path(const TunnelAgentOptions& told) {
  return told.state_directory + "/identity.json";
}

std::string token_from(const std::string& path) {
  const auto text = base::value_or_throw(io::read_kept_file(path, largest_token_file));
  const auto token = text ? base::trim(*text) : std::string_view();
  if (token.empty()) {
    throw base::Failure("no_token", "there is no token in " + base::printable(path) +
                                        ": write the agent's token, or the hub's shared key, into it");
  }
  return std::string(token);
}

std::optional<probe::Enrolment> kept_identity(const TunnelAgentOptions& told) {
  const auto text = io::read_kept_file(identity_path(told), largest_token_file);
  if (!text || !*text) return std::nullopt;
  auto kept = base::json::read<KeptIdentity>(**text);
  if (!kept || kept->token.empty()) return std::nullopt;
  return probe::Enrolment{std::move(kept->name), std::move(kept->token)};
}

struct Attempt {
  std::optional<probe::Enrolment> identity;
  std::string why;
};

io::Task<Attempt> attempt(TunnelAgentWorld world, const TunnelAgentOptions& told) {
  Attempt attempt;
  try {
    attempt.identity = co_await probe::enrol(world.http, told.hub, *told.one_time_token, told.name);
  } catch (const base::Failure& failure) {
    if (failure.error().code == "refused" || failure.error().code == "bad_answer") throw;
    attempt.why = failure.error().message;
  }
  co_return attempt;
}

io::Task<probe::Enrolment> enrol(TunnelAgentWorld world, const TunnelAgentOptions& told) {
  base::Backoff backoff(pauses, static_cast<std::uint64_t>(world.clock.now().time_since_epoch().count()));
  for (;;) {
    const auto outcome = co_await attempt(world, told);
    if (outcome.identity) co_return *outcome.identity;
    world.log.warning("cannot enrol yet: " + outcome.why);
    co_await probe::pause(backoff.next());
  }
}

}  // namespace

std::optional<probe::Enrolment> known_agent_identity(const TunnelAgentOptions& told) {
  if (told.token) return probe::Enrolment{told.name, *told.token};
  if (told.token_file) return probe::Enrolment{told.name, token_from(*told.token_file)};
  return kept_identity(told);
}

io::Task<probe::Enrolment> find_agent_identity(TunnelAgentWorld world, const TunnelAgentOptions& told) {
  if (auto known = known_agent_identity(told)) co_return *known;
  if (!told.one_time_token) {
    throw base::Failure("no_token",
                        "no token: give one with --token-file or DAVYLAMP_TOKEN, or a one-time token with --enrol "
                        "(make it on the hub's Agents page)");
  }
  // What could not be kept would be lost with the one-time token used up.
  base::value_or_throw(io::keep_file(identity_path(told), "{}"));
  auto identity = co_await enrol(world, told);
  base::value_or_throw(
      io::keep_file(identity_path(told), base::json::write(KeptIdentity{identity.name, identity.token})));
  co_return identity;
}

}  // namespace davylamp::app
