// What a frame costs: 10,000 open sessions, 1,000 of them updated per frame, 1,000 viewers. Beside it the least that
// the same could cost: appending as many bytes once and handing each viewer a shared pointer.
#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "api/live_hub.hpp"
#include "api/live_view.hpp"

namespace {

using namespace davylamp;

constexpr std::uint64_t sessions = 10'000;
constexpr std::uint64_t updates = 1'000;

model::Session session_of(model::SessionId id) {
  model::Session session;
  session.id = id;
  session.server = "fra-1";
  session.source = "openvpn";
  session.user = "user-" + std::to_string(id);
  session.common_name = session.user;
  session.transport = "udp";
  session.real_address = model::Address::from_v4({198, 51, 100, static_cast<std::uint8_t>(id)});
  session.real_port = 40'000;
  session.virtual_address =
      model::Address::from_v4({10, 8, static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)});
  session.cipher = "AES-256-GCM";
  session.opened_at = session.last_seen_at = base::from_unix_seconds(1'795'000'000);
  session.rx_bytes = 123'456'789;
  session.tx_bytes = 1'234'567'890;
  session.place.emplace();
  session.place->country_code = "DE";
  session.place->country = "Germany";
  session.place->city = "Berlin";
  session.place->latitude = 52.52;
  session.place->longitude = 13.405;
  return session;
}

std::vector<model::Session> all_sessions() {
  std::vector<model::Session> all;
  for (model::SessionId id = 1; id <= sessions; ++id) all.push_back(session_of(id));
  return all;
}

std::vector<model::Change> changes_of(std::uint64_t round, base::Time now) {
  std::vector<model::Change> changes;
  for (std::uint64_t i = 0; i < updates; ++i) {
    const auto id = (round * updates + i) % sessions + 1;
    const auto bytes = 1'234'567'890 + round * 1'000;
    changes.emplace_back(model::SessionUpdated{id, bytes, bytes, 1'000'000, 8'000'000, now, std::nullopt});
  }
  return changes;
}

io::Task<void> watch(api::LiveConnection& connection, std::uint64_t& bytes) {
  while (const auto text = co_await connection.next()) bytes += text->size();
}

// Viewers that take every frame at once, as far as the hub can tell.
struct Audience {
  explicit Audience(std::size_t count) {
    view.reset(all_sessions(), {}, {});
    api::LiveHub::Options options;
    options.most_viewers = count;
    hub = std::make_unique<api::LiveHub>(view, clock, loop.get_executor(), options);
    for (std::size_t i = 0; i < count; ++i) {
      viewers.push_back(hub->join("viewer"));
      boost::asio::co_spawn(loop, watch(*viewers.back(), bytes), boost::asio::detached);
    }
    loop.poll();
  }
  ~Audience() {
    hub->close("viewer");
    loop.poll();
  }
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;
  void frame(const std::vector<model::Change>& changes) {
    view.apply(changes);
    hub->note(changes);
    clock.advance(base::Milliseconds(100));
    hub->tick();
    loop.poll();
  }

  boost::asio::io_context loop{1};
  base::ManualClock clock;
  api::LiveView view;
  std::unique_ptr<api::LiveHub> hub;
  std::vector<std::unique_ptr<api::LiveConnection>> viewers;
  std::uint64_t bytes = 0;
};

// Fold, merge, serialise once, queue and wake every viewer.
void live_frame(benchmark::State& state) {
  const auto viewers = static_cast<std::size_t>(state.range(0));
  Audience audience(viewers);
  std::uint64_t round = 0;
  const auto before = audience.bytes;
  for (auto _ : state) {
    state.PauseTiming();
    const auto changes = changes_of(++round, audience.clock.now());
    state.ResumeTiming();
    audience.frame(changes);
  }
  const auto frames = static_cast<double>(state.iterations());
  const auto each = frames * static_cast<double>(std::max<std::size_t>(viewers, 1));
  state.counters["frames_per_second"] = benchmark::Counter(frames, benchmark::Counter::kIsRate);
  state.counters["seconds_per_frame_and_viewer"] =
      benchmark::Counter(each, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_frame"] = static_cast<double>(audience.bytes - before) / each;
  if (audience.hub->stats().slow != 0) state.SkipWithError("a viewer fell behind");
}
BENCHMARK(live_frame)->Arg(1)->Arg(100)->Arg(1'000)->Unit(benchmark::kMicrosecond);

// The floor: the bytes of such a frame appended piece by piece, and one shared pointer per viewer.
void append_reference(benchmark::State& state) {
  const auto viewers = static_cast<std::size_t>(state.range(0));
  const std::string piece(120, 'x');
  std::vector<std::vector<std::shared_ptr<const std::string>>> queues(viewers);
  for (auto _ : state) {
    std::string text;
    text.reserve(updates * piece.size());
    for (std::uint64_t i = 0; i < updates; ++i) text += piece;
    const auto frame = std::make_shared<const std::string>(std::move(text));
    for (auto& queue : queues) queue.push_back(frame);
    for (auto& queue : queues) queue.clear();
    benchmark::DoNotOptimize(frame);
  }
  const auto each = static_cast<double>(state.iterations()) * static_cast<double>(std::max<std::size_t>(viewers, 1));
  state.counters["seconds_per_frame_and_viewer"] =
      benchmark::Counter(each, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(append_reference)->Arg(1)->Arg(100)->Arg(1'000)->Unit(benchmark::kMicrosecond);

void snapshot(benchmark::State& state) {
  api::LiveView view;
  view.reset(all_sessions(), {}, {});
  std::size_t bytes = 0;
  for (auto _ : state)
    bytes = api::write_snapshot(view, {.number = 1, .at = base::from_unix_seconds(1'795'000'000)}).size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(snapshot)->Unit(benchmark::kMillisecond);

void copy_reference(benchmark::State& state) {
  api::LiveView view;
  view.reset(all_sessions(), {}, {});
  const auto text = api::write_snapshot(view, {.number = 1, .at = base::from_unix_seconds(1'795'000'000)});
  for (auto _ : state) {
    std::string copy(text);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(copy_reference)->Unit(benchmark::kMillisecond);

}  // namespace
