#include "app/collect.hpp"

#include <utility>

#include "io/supervise.hpp"

namespace davylamp::app {

// Stamps what a source says: who, which start of this program, which number.
class Collect::Sink : public contract::ObservationSink {
 public:
  Sink(contract::Bus& bus, model::SourceId id, std::uint64_t boot) : bus_(bus), id_(std::move(id)), boot_(boot) {}
  void emit(base::Time at, model::Fact fact) override { bus_.publish({id_, boot_, ++sequence_, at, std::move(fact)}); }

 private:
  contract::Bus& bus_;
  model::SourceId id_;
  std::uint64_t boot_;
  std::uint64_t sequence_ = 0;
};

Collect::Collect(Role& role, const Config& config, Dependencies dependencies)
    : role_(role), dependencies_(dependencies), sources_(make_sources(config, dependencies.clock)) {
  const auto boot = static_cast<std::uint64_t>(dependencies.clock.now().time_since_epoch().count());
  for (auto& named : sources_) {
    auto& sink = *sinks_.emplace_back(std::make_unique<Sink>(dependencies.bus, named.id, boot));
    supervise(named, sink);
  }
}

Collect::~Collect() = default;

void Collect::supervise(NamedSource& named, Sink& sink) {
  io::Supervision supervision;
  supervision.start = [&named, &sink] { return named.source->run(sink); };
  supervision.failed = [this, &named, &sink](const base::Error& error, base::Milliseconds pause) {
    dependencies_.log.warning(named.id.kind + "/" + named.id.name + ": " + error.message);
    named.source->failed(sink, error, std::chrono::ceil<base::Seconds>(pause));
  };
  supervision.pauses = {base::Milliseconds{500}, base::Milliseconds{30'000}};
  supervision.seed = std::hash<std::string>{}(named.id.to_text());
  role_.scope().spawn("source " + named.id.to_text(), io::supervise(std::move(supervision)));
}

}  // namespace davylamp::app
