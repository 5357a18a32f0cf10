#include "app/collect.hpp"

#include <optional>
#include <utility>

#include "io/supervise.hpp"

namespace davylamp::app {

// Stamps what a source says: who, which start of this program, which number. Logs how the server fares.
class Collect::Sink : public contract::ObservationSink {
 public:
  Sink(contract::Bus& bus, Log& log, model::SourceId id, std::uint64_t boot)
      : bus_(bus), log_(log), id_(std::move(id)), boot_(boot) {}
  void emit(base::Time at, model::Fact fact) override {
    if (const auto* health = std::get_if<model::SourceHealth>(&fact)) tell(health->server);
    bus_.publish({id_, boot_, ++sequence_, at, std::move(fact)});
  }

 private:
  void tell(const model::ServerFacts& server) {
    const bool up = server.state == model::ServerState::up;
    const bool news = server.state != told_state_ || (!up && server.health != told_health_);
    told_state_ = server.state;
    told_health_ = server.health;
    const auto level = up                                               ? LogLevel::info_
                       : server.state == model::ServerState::connecting ? LogLevel::debug
                                                                        : LogLevel::warning;
    if (news) log_.write(level, id_.kind + "/" + id_.name + ": " + server.health);
  }

  contract::Bus& bus_;
  Log& log_;
  model::SourceId id_;
  std::uint64_t boot_;
  std::uint64_t sequence_ = 0;
  std::optional<model::ServerState> told_state_;
  std::string told_health_;
};

Collect::Collect(Role& role, const Config& config, Dependencies dependencies)
    : role_(role), sources_(make_sources(config, dependencies.clock)) {
  const auto boot = static_cast<std::uint64_t>(dependencies.clock.now().time_since_epoch().count());
  for (auto& named : sources_) {
    auto& sink = *sinks_.emplace_back(std::make_unique<Sink>(dependencies.bus, dependencies.log, named.id, boot));
    supervise(named, sink);
  }
}

Collect::~Collect() = default;

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

}  // namespace davylamp::app
