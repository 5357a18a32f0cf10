// How fast OpenVPN's texts are read, next to what a bare search for line feeds takes on the same bytes.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string_view>

#include "sources/openvpn/management_decoder.hpp"
#include "sources/openvpn/status_document.hpp"
#include "status_text_maker.hpp"

namespace davylamp::bench {
namespace {

class Adder final : public openvpn::StatusVisitor {
 public:
  void client(const openvpn::ClientRow& row) override {
    sum += row.rx_bytes + row.client_id.value_or(0) + row.common_name.size();
  }
  void route(const openvpn::RouteRow& row) override { sum += row.virtual_address.size(); }
  void statistic(std::string_view, std::uint64_t) override {}
  void problem(const openvpn::StatusProblem&) override { ++problems; }
  std::uint64_t sum = 0;
  std::uint64_t problems = 0;
};

void report(benchmark::State& state, const std::string& text, std::int64_t items) {
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * static_cast<std::int64_t>(state.iterations()));
  state.SetItemsProcessed(items * static_cast<std::int64_t>(state.iterations()));
}

void status_rows(benchmark::State& state) {
  const std::string text = make_status_text(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    Adder adder;
    const openvpn::StatusSummary summary = openvpn::read_status(text, adder);
    if (!summary.complete || adder.problems != 0) state.SkipWithError("the text was not read as complete");
    benchmark::DoNotOptimize(adder.sum);
  }
  report(state, text, state.range(0));
}

void status_document(benchmark::State& state) {
  const std::string text = make_status_text(static_cast<std::uint64_t>(state.range(0)));
  openvpn::StatusDocument document;  // used again, as a source does
  for (auto _ : state) {
    openvpn::read_status_document(text, {}, openvpn::KeepRoutes::where_needed, document);
    if (document.sessions != static_cast<std::uint64_t>(state.range(0)))
      state.SkipWithError("not every client is a session");
  }
  report(state, text, state.range(0));
}

void line_feeds_only(benchmark::State& state) {
  const std::string text = make_status_text(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    std::size_t lines = 0;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data();
         (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr; ++at)
      ++lines;
    benchmark::DoNotOptimize(lines);
  }
  report(state, text, state.range(0));
}

class ByteAdder final : public openvpn::ManagementSink {
 public:
  void receive(const openvpn::ManagementMessage& message) override {
    if (const auto* bytes = std::get_if<openvpn::ClientBytes>(&message)) sum += bytes->rx_bytes + bytes->tx_bytes;
  }
  std::uint64_t sum = 0;
};

// Fed in the pieces a socket gives.
void management_byte_counts(benchmark::State& state) {
  constexpr std::int64_t lines = 100000;
  const std::string text = make_byte_counts(lines);
  const auto piece = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    ByteAdder adder;
    openvpn::ManagementDecoder decoder(adder);
    for (std::size_t at = 0; at < text.size(); at += piece) decoder.feed(std::string_view(text).substr(at, piece));
    benchmark::DoNotOptimize(adder.sum);
  }
  report(state, text, lines);
}

BENCHMARK(status_rows)->Arg(1000)->Arg(10000)->Arg(100000);
BENCHMARK(line_feeds_only)->Arg(1000)->Arg(10000)->Arg(100000);
BENCHMARK(status_document)->Arg(1000)->Arg(10000)->Arg(100000);
BENCHMARK(management_byte_counts)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace davylamp::bench
