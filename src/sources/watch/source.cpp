#include "sources/watch/source.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "io/together.hpp"
#include "sources/watch/card.hpp"
#include "sources/watch/server_judge.hpp"
#include "sources/watch/session_teller.hpp"
#include "sources/watch/witness_seat.hpp"

namespace davylamp::watch {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds tick_every{1};
constexpr base::Seconds card_every{10};
constexpr base::Seconds owner_every{60};
constexpr base::Seconds process_every{10};
constexpr std::uint32_t flows_a_peer = 4;

void add_ports(std::vector<std::uint16_t>& all, const std::vector<std::uint16_t>& more) {
  all.insert(all.end(), more.begin(), more.end());
  std::ranges::sort(all);
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
}

class WatchSource : public Source, private WitnessEar {
 public:
  WatchSource(Config config, Dependencies dependencies)
      : config_(std::move(config)),
        directory_(dependencies.directory),
        ports_of_(std::move(dependencies.ports_of)),
        owner_of_(std::move(dependencies.owner_of)),
        interfaces_(std::move(dependencies.interfaces)),
        clock_(dependencies.clock),
        ports_(config_.ports) {
    for (std::size_t i = 0; i < dependencies.witnesses.size(); ++i) {
      seats_.push_back(
          std::make_unique<WitnessSeat>(std::move(dependencies.witnesses[i]), WitnessSeat::Place{i, *this, clock_}));
    }
  }

  io::Task<void> run(contract::ObservationSink& sink) override {
    if (!ledger_) open();
    if (!config_.server) sink.emit(clock_.now(), model::EpochStarted{ledger_->epoch()});
    card_at_ = process_at_ = {};
    co_await io::together(run_witnesses(0), keep_ticking(sink));
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds) override {
    if (config_.server) return;
    auto facts = card();
    facts.state = model::ServerState::down;
    facts.health = error.message;
    sink.emit(clock_.now(), model::SourceHealth{std::move(facts)});
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (config_.server || command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(),
              model::CommandDone{command.id, false,
                                 config_.name + " is only looked at from outside, and its sessions cannot be ended "
                                                "from there: stop the client at the service itself"});
  }

  std::vector<model::Loss> losses() const override {
    auto all = ledger_ ? ledger_->losses() : std::vector<model::Loss>{};
    if (judge_)
      all.push_back({"watch_unknown_addresses", judge_->unknown_addresses(),
                     "words on an address in the tunnel that no session has"});
    for (const auto& seat : seats_) std::ranges::move(seat->witness().losses(), std::back_inserter(all));
    return all;
  }

 private:
  void open() {
    const auto flows = std::max(config_.most_peers, 1'024U) * flows_a_peer;
    const StatePlace place{config_.state_file, kernel_boot_id(), config_.most_peers, flows};
    auto state = open_state(place);
    std::vector<WitnessTraits> traits;
    for (const auto& seat : seats_) {
      const auto& witness = seat->witness();
      const bool looks_at_udp = witness.layer() == model::CountedLayer::ip;
      traits.push_back({std::string(witness.kind()), witness.layer(), looks_at_udp});
    }
    PeerLedger::Rules rules{std::move(traits), config_.server.has_value(), config_.idle};
    ledger_ = std::make_unique<PeerLedger>(std::move(rules), SlotBook(std::move(state)), clock_.now());
    if (config_.server) {
      judge_ = std::make_unique<ServerJudge>(*ledger_, directory_, *config_.server);
    } else {
      teller_ = std::make_unique<SessionTeller>(*ledger_);
    }
  }

  // Without a file sessions are seen and counted all the same; only a restart would begin them anew.
  StateFile open_state(const StatePlace& place) {
    if (config_.server || place.path.empty()) return StateFile::in_memory(place);
    auto opened = StateFile::open(place);
    if (opened) {
      remark_ = opened->remark();
      return std::move(*opened);
    }
    if (opened.error().code == "busy") throw base::Failure(opened.error());
    remark_ = opened.error().message + "; after a restart of Davylamp its sessions begin anew";
    return StateFile::in_memory(place);
  }

  io::Task<void> run_witnesses(std::size_t first) {
    if (first >= seats_.size()) co_return;
    co_await io::together(seats_[first]->run(), run_witnesses(first + 1));
  }

  io::Task<void> keep_ticking(contract::ObservationSink& sink) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
      const auto now = clock_.now();
      look_for_process(now);
      ledger_->tick(now);
      if (teller_) teller_->tick(now, sink);
      if (judge_) judge_->tick(now, sink);
      tell_card(now, sink);
      timer.expires_after(tick_every);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  void look_for_process(base::Time now) {
    if (!config_.process || now < process_at_) return;
    process_at_ = now + process_every;
    auto ports = config_.ports;
    const auto found = ports_of_(*config_.process);
    add_ports(ports.udp, found.udp);
    add_ports(ports.tcp, found.tcp);
    if (ports == ports_) return;
    ports_ = std::move(ports);
    for (const auto& seat : seats_) seat->witness().watch(ports_);
  }

  std::vector<model::WitnessFacts> witnesses() const {
    std::vector<model::WitnessFacts> all;
    for (std::size_t i = 0; i < seats_.size(); ++i) {
      const auto& seat = *seats_[i];
      const bool counts = !config_.server && ledger_ && ledger_->choice().counting() == i;
      const auto flows = ledger_ ? ledger_->flows_of(i) : 0;
      all.push_back({std::string(seat.witness().kind()), seat.state(), seat.text(), counts, flows});
    }
    return all;
  }

  model::ServerFacts card() const {
    auto there = interfaces();
    auto facts = card_of({config_.name, ports_, config_.process, witnesses(), remark_, config_.interfaces, there});
    facts.local_address = config_.address;
    if (owner_) {
      facts.process_id = owner_->process;
      facts.version = owner_->program;
    }
    facts.lab = config_.lab;
    facts.last_snapshot_at = clock_.now();
    facts.interfaces = std::move(there);
    return facts;
  }

  // Walks /proc: now and then is enough.
  void look_for_owner(base::Time now) {
    if (!owner_of_ || now < owner_at_) return;
    owner_at_ = now + owner_every;
    owner_.reset();
    if (!ports_.udp.empty()) owner_ = owner_of_(ports_.udp.front(), model::Protocol::udp);
    if (!owner_ && !ports_.tcp.empty()) owner_ = owner_of_(ports_.tcp.front(), model::Protocol::tcp);
  }

  std::vector<model::InterfaceFacts> interfaces() const {
    if (config_.interfaces.empty() || !interfaces_) return {};
    return interfaces_(config_.interfaces);
  }

  void tell_card(base::Time now, contract::ObservationSink& sink) {
    auto states = witnesses();
    for (auto& witness : states) witness.flows = 0;
    if (now < card_at_ && states == told_) return;
    card_at_ = now + card_every;
    told_ = std::move(states);
    if (config_.server) {
      sink.emit(now, model::WitnessesTold{witnesses(), interfaces()});
    } else {
      look_for_owner(now);
      sink.emit(now, model::SourceHealth{card()});
    }
  }

  void seen(std::size_t witness, base::Time now, const model::FlowSeen& flow) override {
    ledger_->seen(witness, now, flow);
  }
  void ended(std::size_t witness, base::Time now, const model::FlowEnded& flow) override {
    ledger_->ended(witness, now, flow);
  }
  void begin_listing(std::size_t witness) override { ledger_->begin_listing(witness); }
  void end_listing(std::size_t witness, base::Time now) override { ledger_->end_listing(witness, now); }
  void judged(base::Time now, const model::Address& virtual_address, const model::Quality& quality) override {
    if (judge_) judge_->judged(now, virtual_address, quality);
  }
  void told(std::size_t witness, base::Time now, model::WitnessState state) override {
    ledger_->told(witness, now, state);
  }

  Config config_;
  const contract::PeerDirectory& directory_;
  std::function<contract::WatchedPorts(const std::string&)> ports_of_;
  std::function<std::optional<Owner>(std::uint16_t, model::Protocol)> owner_of_;
  std::optional<Owner> owner_;
  base::Time owner_at_{};
  std::function<std::vector<model::InterfaceFacts>(const std::vector<std::string>&)> interfaces_;
  const base::Clock& clock_;
  contract::WatchedPorts ports_;
  std::vector<std::unique_ptr<WitnessSeat>> seats_;
  std::unique_ptr<PeerLedger> ledger_;
  std::unique_ptr<SessionTeller> teller_;
  std::unique_ptr<ServerJudge> judge_;
  std::optional<std::string> remark_;
  std::vector<model::WitnessFacts> told_;
  base::Time card_at_{};
  base::Time process_at_{};
};

}  // namespace

std::unique_ptr<Source> make_source(Config config, Dependencies dependencies) {
  return std::make_unique<WatchSource>(std::move(config), std::move(dependencies));
}

}  // namespace davylamp::watch
