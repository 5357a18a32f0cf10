// 100,000 peers that all move every second, from the source's fact to the ledger, the store and a viewer's frame: the
// CPU time of one such second, part by part. What it must stay under: 15 % of a core.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <ctime>
#include <string>
#include <vector>

#include "api/live_hub.hpp"
#include "app/batch.hpp"
#include "base/testing/temporary_directory.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "core/pipeline.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace davylamp;

constexpr std::size_t chunk = 1'000;
// As the process role has it: commits take a twentieth of the time at most, and come at least this often.
constexpr double pace_per_commit = 20;
constexpr double longest_pace_milliseconds = 30'000;

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

io::Task<void> watch(api::LiveConnection& connection, std::uint64_t& bytes) {
  while (const auto text = co_await connection.next()) bytes += text->size();
}

class Second {
 public:
  explicit Second(std::size_t peers) : store_(sqlite::open({scratch_.file("davylamp.db")})), writer_(store_->writer()) {
    for (std::size_t i = 0; i < peers; ++i) {
      peers_.push_back({std::to_string(1'000'000 + i), {100, 100}});
      pipeline_.apply({source_, 1, ++sequence_, now(), seen(i)});
    }
    auto effects = pipeline_.take();
    const auto changes = std::move(effects.changes);
    writer_->commit(app::take_batch(effects, ++batches_));
    view_.apply(changes);
    viewer_ = hub_.join("viewer");
    boost::asio::co_spawn(loop_, watch(*viewer_, bytes_), boost::asio::detached);
    loop_.poll();
  }
  ~Second() {
    hub_.close("viewer");
    loop_.poll();
  }
  Second(const Second&) = delete;
  Second& operator=(const Second&) = delete;

  void run() {
    clock_.advance(base::Milliseconds{1'000});
    part("source", [&] { emit(); });
    part("ledger", [&] { apply(); });
    std::vector<model::Change> changes;
    part("changes", [&] { changes = pipeline_.take_counters(); });
    part("page", [&] {
      for (const auto& change : changes) {
        if (view_.apply_one(change)) hub_.note(change);
      }
      hub_.tick();
      loop_.poll();
    });
    part("free", [&] { std::vector<model::Change>().swap(changes); });
    commit();
    ++seconds_;
  }
  void report(benchmark::State& state) const {
    double sum = 0;
    for (const auto& [name, milliseconds] : parts_) {
      state.counters[name + "_ms"] = milliseconds / seconds_;
      sum += milliseconds / seconds_;
    }
    state.counters["cpu_percent"] = sum / 10;
    state.counters["gate_percent"] = 15;
    state.counters["frame_MB"] = static_cast<double>(bytes_) / seconds_ / 1e6;
    if (hub_.stats().slow != 0) state.SkipWithError("the viewer fell behind");
  }

 private:
  base::Time now() const { return clock_.now(); }
  model::PeerSeen seen(std::size_t i) const {
    model::PeerFacts facts;
    const auto byte = [i](unsigned shift) { return static_cast<std::uint8_t>(i >> shift); };
    facts.real = model::Endpoint{model::Address::from_v4({98, byte(16), byte(8), byte(0)}), 40'000};
    facts.user = facts.real->address.to_string();
    facts.user_is_address = true;
    facts.connected_at = now();
    facts.transport = "udp";
    return {peers_[i].peer, {100, 100}, 0, facts};
  }
  template <class Work>
  void part(const std::string& name, Work work) {
    const auto began = cpu_milliseconds();
    work();
    parts_[name] += cpu_milliseconds() - began;
  }
  void emit() {
    for (std::size_t i = 0; i < peers_.size(); i += chunk) {
      model::PeersMoved moved;
      const auto end = std::min(i + chunk, peers_.size());
      moved.peers.reserve(end - i);
      for (std::size_t p = i; p < end; ++p) {
        peers_[p].counters.rx_bytes += 1'200;
        peers_[p].counters.tx_bytes += 12'000;
        moved.peers.push_back(peers_[p]);
      }
      bus_->publish(model::Observation{source_, 1, ++sequence_, now(), std::move(moved)});
    }
  }
  void apply() {
    std::vector<model::Observation> batch;
    boost::asio::co_spawn(loop_, take(batch), boost::asio::detached);
    loop_.restart();
    loop_.poll();
    for (const auto& observation : batch) pipeline_.apply(observation);
    pipeline_.tick(now());
  }
  io::Task<void> take(std::vector<model::Observation>& batch) {
    batch = co_await reader_->next(4'096);
    reader_->acknowledge(reader_->given());
  }
  void commit() {
    waited_ += 1'000;
    if (waited_ < pace_) return;
    const auto before = parts_["store"];
    part("store", [&] {
      auto effects = pipeline_.take(core::Pipeline::Scope::slice);
      effects.changes.clear();
      writer_->commit(app::take_batch(effects, ++batches_));
    });
    waited_ = 0;
    pace_ = std::clamp((parts_["store"] - before) * pace_per_commit, 1'000.0, longest_pace_milliseconds);
  }

  const model::SourceId source_{"edge-1", "watch", "conduit"};
  base::TemporaryDirectory scratch_;
  boost::asio::io_context loop_{1};
  base::ManualClock clock_;
  std::unique_ptr<contract::Bus> bus_ = loopback::open();
  std::unique_ptr<contract::ObservationReader> reader_ = bus_->observations(loop_.get_executor());
  std::unique_ptr<contract::Store> store_;
  std::unique_ptr<contract::StoreWriter> writer_;
  core::Pipeline pipeline_;
  api::LiveView view_;
  api::LiveHub hub_{view_, clock_, loop_.get_executor()};
  std::unique_ptr<api::LiveConnection> viewer_;
  std::vector<model::MovedPeer> peers_;
  std::map<std::string, double> parts_;
  std::uint64_t sequence_ = 0;
  std::uint64_t batches_ = 0;
  std::uint64_t bytes_ = 0;
  double seconds_ = 0;
  double waited_ = 0;
  double pace_ = 1'000;
};

void live_peers(benchmark::State& state) {
  Second second(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) second.run();
  second.report(state);
}
BENCHMARK(live_peers)->Arg(10'000)->Arg(100'000)->Iterations(40)->Unit(benchmark::kMillisecond);

}  // namespace
