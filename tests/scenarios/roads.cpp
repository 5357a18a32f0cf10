#include <unistd.h>

#include "base/testing/temporary_directory.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "bus/uplink/collector_bus.hpp"
#include "bus/uplink/listener.hpp"
#include "io/supervise.hpp"
#include "pump.hpp"
#include "road.hpp"

namespace davylamp::scenarios {
namespace {

constexpr std::size_t most = 1'000;

class LoopbackRoad : public Road {
 public:
  void publish(const model::Observation& observation) override { bus_->publish(observation); }
  std::vector<model::Observation> read(std::uint32_t /*shard*/) override {
    return pump_.result(reader_->next(most), "an observation on the loopback bus");
  }
  void stored(std::uint32_t /*shard*/, const std::vector<model::Cursor>& /*cursors*/) override {
    reader_->acknowledge(reader_->given());
  }
  void crash() override {
    reader_.reset();
    reader_ = bus_->observations(pump_.executor());
  }

 private:
  Pump pump_;
  std::unique_ptr<contract::Bus> bus_ = loopback::open();
  std::unique_ptr<contract::ObservationReader> reader_ = bus_->observations(pump_.executor());
};

struct Silent : uplink::ListenerLog {
  void arrived(const std::string&, const std::string&) override {}
  void left(const std::string&, const std::string&) override {}
  void turned_away(const std::string&) override {}
};

// The worker's end, which dies with it.
struct Daemon {
  Daemon(Pump& pump, const std::string& socket)
      : reader(bus->observations(pump.executor())),
        scope(pump.executor(), [](const auto&, auto) {}),
        listener(pump.executor(), {.socket = socket, .version = "0", .users = {::geteuid()}}, {*bus, log}) {
    scope.spawn("listener", listener.run());
  }
  Silent log;
  std::unique_ptr<contract::Bus> bus = loopback::open();
  std::unique_ptr<contract::ObservationReader> reader;
  io::TaskScope scope;
  uplink::Listener listener;
};

class UplinkRoad : public Road {
 public:
  ~UplinkRoad() override {
    end();
    pump_.finish(scope_.stop(), "the collectors to end");
  }
  // A collector for each node, as it is.
  void publish(const model::Observation& observation) override {
    collector(observation.source.node).publish(observation);
  }
  std::vector<model::Observation> read(std::uint32_t /*shard*/) override {
    return pump_.result(daemon_->reader->next(most), "an observation over the uplink");
  }
  void stored(std::uint32_t /*shard*/, const std::vector<model::Cursor>& cursors) override {
    daemon_->reader->acknowledge(daemon_->reader->given());
    daemon_->listener.stored(cursors);
  }
  void crash() override {
    end();
    daemon_ = std::make_unique<Daemon>(pump_, socket_);
  }

 private:
  void end() {
    pump_.finish(daemon_->scope.stop(), "the worker's end");
    daemon_.reset();
  }
  uplink::CollectorBus& collector(const std::string& node) {
    auto& bus = collectors_[node];
    if (bus) return *bus;
    bus = std::make_unique<uplink::CollectorBus>(
        pump_.executor(),
        uplink::CollectorBus::Options{.socket = socket_, .version = "0", .node = node, .boot = 1, .limits = {}});
    io::Supervision supervision;
    supervision.start = [&bus = *bus] { return bus.run([](const std::string&) {}); };
    supervision.failed = [](const base::Error&, base::Milliseconds) {};
    supervision.pauses = {base::Milliseconds{1}, base::Milliseconds{10}};
    scope_.spawn("collector", io::supervise(std::move(supervision)));
    return *bus;
  }

  base::TemporaryDirectory folder_;
  std::string socket_ = folder_.file("uplink.sock");
  Pump pump_;
  io::TaskScope scope_{pump_.executor(), [](const auto&, auto) {}};
  std::map<std::string, std::unique_ptr<uplink::CollectorBus>> collectors_;
  std::unique_ptr<Daemon> daemon_ = std::make_unique<Daemon>(pump_, socket_);
};

}  // namespace

std::unique_ptr<Road> loopback_road() {
  return std::make_unique<LoopbackRoad>();
}

std::unique_ptr<Road> uplink_road() {
  return std::make_unique<UplinkRoad>();
}

}  // namespace davylamp::scenarios
