#include "app/collect.hpp"

#include <optional>
#include <utility>

#include "app/division.hpp"
#include "enrich/geoip/search.hpp"
#include "io/supervise.hpp"

namespace davylamp::app {
namespace {

std::optional<RotatingKey> make_key(const Config& config, base::Time now) {
  if (config.privacy.mode != PrivacyMode::keyed_hash) return std::nullopt;
  return RotatingKey(config.node.state_directory + "/privacy.key",
                     std::chrono::hours{config.privacy.key_rotation_hours}, now);
}

}  // namespace

// Stamps what a source says: who, which start of this program, which number; adds places, and then takes away what the
// privacy mode does not allow to keep. Logs how the server fares.
class Collect::Sink : public contract::ObservationSink {
 public:
  Sink(Collect& collect, model::SourceId id, std::uint64_t boot) : collect_(collect), id_(std::move(id)), boot_(boot) {}
  void emit(base::Time at, model::Fact fact) override {
    if (auto* health = std::get_if<model::SourceHealth>(&fact)) {
      tell(health->server);
      health_ = *health;
      health->server.fence = collect_.fences_.of(id_.name);
    }
    collect_.peers_.note(id_, fact);
    add_place(fact);
    collect_.veil_.cover(fact);
    collect_.dependencies_.bus.publish({id_, boot_, ++sequence_, at, std::move(fact)});
  }

  // The same facts, with the fence as it is now.
  void tell_again(base::Time at) {
    if (health_) emit(at, *health_);
  }

 private:
  void add_place(model::Fact& fact) {
    if (auto* seen = std::get_if<model::PeerSeen>(&fact)) {
      if (seen->facts) add_place(seen->facts->real, seen->facts->place);
    } else if (auto* last = std::get_if<model::PeerFinal>(&fact)) {
      add_place(last->facts.real, last->facts.place);
    } else if (auto* refused = std::get_if<model::LoginRefused>(&fact)) {
      add_place(refused->real, refused->place);
    } else if (auto* counted = std::get_if<model::AttemptsCounted>(&fact)) {
      for (auto& attempt : counted->attempts) {
        if (attempt.address) attempt.place = collect_.enricher_.place(*attempt.address);
      }
      collect_.looked_up_ = true;
    } else if (auto* health = std::get_if<model::SourceHealth>(&fact)) {
      const auto& address = health->server.local_address ? health->server.local_address : health->server.public_address;
      if (address) health->server.place = collect_.enricher_.place(*address);
    }
  }
  void add_place(const std::optional<model::Endpoint>& real, std::optional<model::Place>& place) {
    if (!real) return;
    place = collect_.enricher_.place(real->address);
    collect_.looked_up_ = true;
  }
  void tell(const model::ServerFacts& server) {
    const bool up = server.state == model::ServerState::up;
    const bool news = server.state != told_state_ || (!up && server.health != told_health_);
    told_state_ = server.state;
    told_health_ = server.health;
    const auto level = up                                               ? LogLevel::info_
                       : server.state == model::ServerState::connecting ? LogLevel::debug
                                                                        : LogLevel::warning;
    if (news) collect_.dependencies_.log.write(level, id_.kind + "/" + id_.name + ": " + server.health);
  }

  Collect& collect_;
  model::SourceId id_;
  std::uint64_t boot_;
  std::uint64_t sequence_ = 0;
  std::optional<model::SourceHealth> health_;  // as the source told it last
  std::optional<model::ServerState> told_state_;
  std::string told_health_;
};

Collect::Collect(Role& role, const Config& config, Dependencies dependencies)
    : role_(role),
      dependencies_(dependencies),
      enricher_(config.geoip, geoip::default_directories()),
      key_(make_key(config, dependencies.clock.now())),
      node_(config.node.name),
      tells_health_(shares_bus(config) || config.uplink.connect),
      losses_of_(shares_bus(config) ? "collect on " + config.node.name : "collect"),
      veil_(config.privacy.mode, key_ ? &*key_ : nullptr),
      sources_(make_sources(config, {dependencies.clock, dependencies.zones, peers_})),
      commands_(dependencies.bus.commands(role.loop().get_executor())),
      fences_(dependencies.fences_in) {
  if (config.enforce.nftables) kernel_.emplace(dependencies_.log);
  for (const auto& problem : enricher_.problems()) dependencies_.log.warning(problem);
  const auto boot = static_cast<std::uint64_t>(dependencies.clock.now().time_since_epoch().count());
  for (auto& named : sources_) supervise(named, sink_of(named.id, boot));
  role.scope().spawn("commands", carry_out_commands());
  role.scope().spawn("house of collect", keep_house());
  role.scope().spawn("fences", fences_.run([this](const std::string& service) {
    for (const auto& [id, sink] : sinks_) {
      if (id.name == service) sink->tell_again(dependencies_.clock.now());
    }
  }));
}

Collect::~Collect() {
  if (kernel_) kernel_->release();
}

Collect::Sink& Collect::sink_of(const model::SourceId& id, std::uint64_t boot) {
  auto& sink = sinks_[id];
  if (!sink) sink = std::make_unique<Sink>(*this, id, boot);
  return *sink;
}

void Collect::supervise(NamedSource& named, Sink& sink) {
  io::Supervision supervision;
  supervision.start = [&named, &sink] { return named.source->run(sink); };
  supervision.failed = [&named, &sink](const base::Error& error, base::Milliseconds pause) {
    named.source->failed(sink, error, std::chrono::ceil<base::Seconds>(pause));
  };
  supervision.pauses = {base::Milliseconds{500}, base::Milliseconds{30'000}};
  supervision.seed = std::hash<std::string>{}(named.id.to_text());
  role_.scope().spawn("source " + named.id.to_text(), io::supervise(std::move(supervision)));
}

io::Task<void> Collect::carry_out_commands() {
  for (;;) {
    const auto commands = co_await commands_->next();
    for (const auto& command : commands) carry_out(command);
    // Only the newest list counts; nft needs a few milliseconds on its own thread.
    if (stops_) co_await kernel_->hold(*std::exchange(stops_, std::nullopt));
  }
}

void Collect::carry_out(const model::Command& command) {
  if (!model::is_for_node(command, node_)) return;
  const model::SourceId* only = nullptr;
  if (const auto* end = std::get_if<model::EndSession>(&command.order)) {
    // One without a peer is still on its way to the process role, which knows the peer.
    if (end->peer.empty()) return;
    only = &end->source;
  }
  if (const auto* report = std::get_if<model::ReportBy>(&command.order)) only = &report->source;
  if (const auto* stop = std::get_if<model::StopInKernel>(&command.order)) {
    if (kernel_) stops_ = stop->stops;
    return;
  }
  for (auto& named : sources_) {
    if (only == nullptr || *only == named.id) named.source->carry_out(*sinks_.at(named.id), command);
  }
}

void Collect::tell_health() {
  for (const auto& [id, sink] : sinks_) sink->tell_again(dependencies_.clock.now());
}

}  // namespace davylamp::app
