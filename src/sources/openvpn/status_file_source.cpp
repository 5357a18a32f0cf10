#include "sources/openvpn/status_file_source.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "contract/health_repeat.hpp"
#include "sources/openvpn/peer_table.hpp"
#include "sources/openvpn/server_files.hpp"
#include "sources/openvpn/status_file.hpp"
#include "sources/openvpn/status_freshness.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;

constexpr base::Milliseconds look_every{500};
// OpenVPN needs a moment to write the file; a torn one is read again.
constexpr base::Milliseconds again_after{30};
constexpr unsigned tries = 5;

std::string span_text(base::Milliseconds span) {
  const auto seconds = std::chrono::duration_cast<base::Seconds>(span).count();
  return seconds < 120 ? std::to_string(seconds) + " s" : std::to_string(seconds / 60) + " min";
}

bool is_whole(const std::string& text) {
  return read_status_document(text).summary.complete;
}

class StatusFileSource : public contract::Source {
 public:
  StatusFileSource(const StatusFileConfig& config, const base::Clock& clock, const base::Zones& zones)
      : config_(config),
        clock_(clock),
        zones_(zones),
        file_(config.path),
        files_(config.server.config_file.value_or("")),
        facts_(configured_facts(config.server)) {}

  io::Task<void> run(contract::ObservationSink& sink) override {
    const auto executor = co_await asio::this_coro::executor;
    PeerTable peers([&](model::Fact fact) { sink.emit(clock_.now(), std::move(fact)); });
    peers.set_transport(config_.server.transport.value_or(""));
    asio::steady_timer timer(executor);
    for (;;) {
      if (!file_.unchanged()) take(peers, co_await settled_text(timer));
      judge_age(peers);
      tell(sink);
      timer.expires_after(look_every);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    facts_.state = model::ServerState::down;
    facts_.health = base::printable(error.message) + "; next try in " + std::to_string(pause.count()) + " s";
    said_.forget();
    tell(sink);
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(), model::CommandDone{command.id, false,
                                               config_.server.name +
                                                   " is watched by its status file alone, which cannot end sessions: "
                                                   "give it a management interface (davylamp setup openvpn)"});
  }

 private:
  // A torn file can look whole when its rows are of one length, so it is read until it stands still. One that never
  // does is taken when it is whole at least.
  io::Task<std::string> settled_text(asio::steady_timer& timer) {
    auto text = file_.read();
    for (unsigned attempt = 1; attempt < 2 * tries; ++attempt) {
      if (attempt >= tries && is_whole(text)) break;
      timer.expires_after(again_after);
      co_await timer.async_wait(asio::use_awaitable);
      auto again = file_.read();
      const bool settled = again == text;
      text = std::move(again);
      if (settled) break;
    }
    co_return text;
  }

  void take(PeerTable& peers, const std::string& text) {
    if (config_.zone) {
      const auto span = zones_.span(*config_.zone, clock_.now());
      if (span) peers.set_zone({span->offset});
    }
    if (text.empty()) {
      facts_.state = model::ServerState::stale;
      facts_.health = file_.path() +
                      " is empty: OpenVPN gave up writing it after an error (a full disk, or a client whose line was "
                      "longer than 511 bytes); SIGHUP or a restart of the server makes it whole again";
      return;
    }
    const auto listing = peers.listing(text);
    if (listing.made_at) freshness_.note(base::from_unix_seconds(*listing.made_at));
    if (!listing.version.empty()) facts_.version = listing.version;
    if (!peers.transport().empty()) facts_.transport = peers.transport();
    facts_.problems += listing.problems;
    if (listing.client_mode) {
      facts_.state = model::ServerState::stale;
      facts_.health = file_.path() + " is that of an OpenVPN client, not of a server: it has no sessions to show";
    } else if (!listing.complete) {
      facts_.state = model::ServerState::stale;
      facts_.health = file_.path() + " cannot be trusted (" + base::printable(listing.first_problem) +
                      "); sessions stay until a whole one is read";
    } else {
      facts_.state = model::ServerState::up;
      facts_.last_snapshot_at = freshness_.made_at();
      facts_.pool_used = listing.pool_used;
      facts_.health = std::to_string(listing.sessions) + (listing.sessions == 1 ? " session" : " sessions") +
                      ", as of every " + std::to_string(freshness_.interval().count()) +
                      " s (status file, no management interface)";
      if (listing.dco) facts_.dco = listing.dco;
    }
  }

  void judge_age(PeerTable& peers) {
    const auto now = clock_.now();
    if (!freshness_.late(now)) return;
    const bool over = freshness_.over(now);
    if (over) peers.end_all(model::EndReason::timeout);
    facts_.state = over ? model::ServerState::down : model::ServerState::stale;
    facts_.health = file_.path() + " was last written " + span_text(now - *freshness_.made_at()) +
                    " ago, before that every " + std::to_string(freshness_.interval().count()) +
                    " s: the server has stopped, hangs or cannot write it" +
                    (over ? "; its sessions are taken as ended" : "");
  }

  void tell(contract::ObservationSink& sink) {
    const auto now = clock_.now();
    auto facts = facts_;
    files_.fill(facts, now);
    // The age in the sentence goes on while the server stands still.
    if (said_.due(facts, now)) sink.emit(now, model::SourceHealth{std::move(facts)});
  }

  StatusFileConfig config_;
  const base::Clock& clock_;
  const base::Zones& zones_;
  StatusFile file_;
  ServerFiles files_;
  StatusFreshness freshness_;
  model::ServerFacts facts_;
  contract::HealthRepeat said_;
};

}  // namespace

std::unique_ptr<contract::Source> make_status_file_source(const StatusFileConfig& config, const base::Clock& clock,
                                                          const base::Zones& zones) {
  return std::make_unique<StatusFileSource>(config, clock, zones);
}

}  // namespace davylamp::openvpn
