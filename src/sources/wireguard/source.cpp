#include "sources/wireguard/source.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"
#include "contract/health_repeat.hpp"
#include "sources/wireguard/book_file.hpp"
#include "sources/wireguard/config_file.hpp"
#include "sources/wireguard/device_reader.hpp"
#include "sources/wireguard/session_book.hpp"

namespace davylamp::wireguard {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds repair_every{60};
// Counters alone are kept this often: the next look brings them anyway, they only tell a peer that starts from zero.
constexpr base::Seconds keep_every{30};
// A userspace program works for each answer (38 ms for 10,000 peers): it is not kept busier than this part of a core.
constexpr int most_busy = 20;
constexpr unsigned first_listings = 2;  // what is absent from two has gone

std::string count_of(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

class WireguardSource : public contract::Source {
 public:
  WireguardSource(const Config& config, const base::Clock& clock)
      : config_(config),
        clock_(clock),
        reader_({.interface = config.interface, .socket = config.socket}),
        names_(config.config_file.value_or("/etc/wireguard/" + config.interface + ".conf"),
               config.config_file.has_value()) {
    facts_.transport = "udp";
    facts_.mode = "server";
    facts_.lab = config.lab;
    if (config.address) facts_.local_address = base::value_or_throw(model::Address::parse(*config.address));
    auto kept = load_book(config.state_file);
    if (kept) {
      book_ = SessionBook(*kept);
    } else {
      keeping_trouble_ = kept.error().message;
    }
  }

  io::Task<void> run(contract::ObservationSink& sink) override {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    epoch_.clear();
    listings_ = 0;
    for (;;) {
      const auto began = std::chrono::steady_clock::now();
      co_await look(sink);
      tell_health(sink);
      const auto took = std::chrono::steady_clock::now() - began;
      const auto pause = std::chrono::duration<double>(config_.poll_seconds);
      timer.expires_at(
          began + std::max(std::chrono::duration_cast<std::chrono::steady_clock::duration>(pause), took * most_busy));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    facts_.state = model::ServerState::down;
    facts_.health = base::printable(error.message) + "; next try in " + std::to_string(pause.count()) + " s";
    said_.forget();
    tell_health(sink);
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(), model::CommandDone{command.id, false,
                                               "WireGuard cannot end a session: take the peer out of " +
                                                   config_.interface + " (`wg set " + config_.interface +
                                                   " peer KEY remove`) and out of its configuration"});
  }

 private:
  // An interface that is not there, or does not answer, is looked for at the same pace: it may be back at once.
  io::Task<void> look(contract::ObservationSink& sink) {
    std::optional<base::Error> trouble;
    try {
      const auto life = co_await reader_.read(device_);
      take(life);
    } catch (const base::Failure& failure) {
      trouble = failure.error();
    }
    if (trouble) {
      if (trouble->code == "absent") {
        book_.vanished();
        epoch_.clear();
      }
      facts_.state = model::ServerState::down;
      facts_.health = trouble->message;
    }
    publish(sink);
  }

  void take(const DeviceLife& life) {
    const auto now = clock_.now();
    if (names_.refresh()) book_.set_names(names_.config().names);
    if (epoch_ != life.epoch) {
      epoch_ = life.epoch;
      book_.begin_epoch(epoch_, life.made_at, now);
      listings_ = 0;
    }
    const bool repair = listings_ < first_listings || now - repaired_at_ >= repair_every;
    if (repair) repaired_at_ = now;
    if (repair) ++listings_;
    book_.look(device_, now, repair);
    describe(life, now);
  }

  void describe(const DeviceLife& life, base::Time now) {
    const auto used = std::ranges::count_if(device_.peers, [&](const Peer& peer) {
      return std::ranges::any_of(device_.allowed_of(peer),
                                 [](const AllowedIp& allowed) { return allowed.address.is_v4() && allowed.is_host(); });
    });
    facts_.pool_used = static_cast<std::uint64_t>(used);
    facts_.pool_size = names_.config().pool_size;
    facts_.process_id = life.process_id;
    facts_.started_at = life.made_at;
    facts_.listens_on = "udp " + std::to_string(device_.listen_port);
    facts_.last_snapshot_at = now;
    facts_.problems += device_.problems;
    facts_.warnings = names_.config().warnings;
    for (const auto& trouble : {names_.trouble(), keeping_trouble_}) {
      if (!trouble.empty()) facts_.warnings.push_back(trouble);
    }
    if (device_.problems > 0) {
      facts_.state = model::ServerState::stale;
      facts_.health = config_.interface + " said something that is not understood (" + device_.first_problem +
                      "); peers that are missing stay until it is";
      return;
    }
    facts_.state = model::ServerState::up;
    facts_.health = std::to_string(book_.open_count()) + " of " + count_of(device_.peers.size(), "peer", "peers") +
                    " connected (" + life.way + ", every " +
                    std::to_string(std::max(1LL, std::llround(config_.poll_seconds))) + " s)";
  }

  // What a session counts from is on disk before the session is told: whenever this program ends, it is told again from
  // the same.
  void publish(contract::ObservationSink& sink) {
    const auto now = clock_.now();
    if (book_.take_must_keep() || now - kept_at_ >= keep_every) {
      kept_at_ = now;
      const auto kept = keep_book(config_.state_file, book_.record());
      keeping_trouble_ = kept ? "" : "what was counted will not be known after a restart: " + kept.error().message;
    }
    for (auto& [at, fact] : book_.take_said()) sink.emit(at, std::move(fact));
  }

  void tell_health(contract::ObservationSink& sink) {
    const auto now = clock_.now();
    if (said_.due(facts_, now)) sink.emit(now, model::SourceHealth{facts_});
  }

  Config config_;
  const base::Clock& clock_;
  DeviceReader reader_;
  ConfigFile names_;
  SessionBook book_;
  Device device_;
  std::string epoch_;
  unsigned listings_ = 0;
  base::Time repaired_at_{};
  base::Time kept_at_{};
  std::string keeping_trouble_;
  model::ServerFacts facts_;
  contract::HealthRepeat said_;
};

}  // namespace

std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock) {
  return std::make_unique<WireguardSource>(config, clock);
}

}  // namespace davylamp::wireguard
