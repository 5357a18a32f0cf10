#include "sources/watch/source.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/testing/temporary_directory.hpp"
#include "io/system_clock.hpp"
#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

namespace asio = boost::asio;

class NoDirectory : public contract::PeerDirectory {
 public:
  std::optional<std::string> peer_at(const model::SourceId&, const model::Endpoint&) const override { return {}; }
  std::optional<std::string> peer_behind(const model::SourceId&, const model::Address&) const override { return {}; }
  std::optional<model::Counters> counters(const model::SourceId&, const std::string&) const override { return {}; }
};

class ScriptedWitness : public contract::Witness {
 public:
  explicit ScriptedWitness(std::optional<base::Error> error, base::Time now = {})
      : error_(std::move(error)), now_(now) {}
  std::string_view kind() const override { return error_ ? "ebpf" : "conntrack"; }
  model::CountedLayer layer() const override { return model::CountedLayer::ip; }
  io::Task<void> run(contract::FlowSink& sink) override {
    if (error_) throw base::Failure(*error_);
    sink.told(model::WitnessState::looking, "all of it");
    sink.begin_listing(now_);
    sink.seen(now_, ScriptedFlow{.rx = 10, .tx = 20, .began_at = now_, .last_seen_at = now_}.seen());
    sink.end_listing(now_);
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
    co_await timer.async_wait(asio::use_awaitable);
  }
  void watch(const contract::WatchedPorts& ports) override { ports_ = ports; }
  std::vector<model::Loss> losses() const override { return {{"scripted", 1, "a loss"}}; }
  contract::WatchedPorts ports_;

 private:
  std::optional<base::Error> error_;
  base::Time now_;
};

class WatchSourceTest : public testing::Test {
 protected:
  void make(Config config, bool with_one_that_looks) {
    std::vector<std::unique_ptr<contract::Witness>> witnesses;
    witnesses.push_back(std::make_unique<ScriptedWitness>(base::Error{"refused", "needs CAP_BPF: run the agent"}));
    if (with_one_that_looks) witnesses.push_back(std::make_unique<ScriptedWitness>(std::nullopt, clock.now()));
    config.name = "conduit";
    config.state_file = directory.file("watch/conduit");
    const auto ports_of = [](const std::string&) { return contract::WatchedPorts{{443}, {}, {}}; };
    const auto owner_of = [](std::uint16_t port, model::Protocol) {
      return port == 443 ? std::optional(Owner{"conduit", 812}) : std::nullopt;
    };
    source = make_source(std::move(config), {std::move(witnesses), nobody, ports_of, {}, clock, owner_of});
  }
  // Until something of `Fact` satisfies `enough`, at most thirty seconds.
  template <class Fact>
  std::optional<Fact> run_until(const std::function<bool(const Fact&)>& enough) {
    asio::io_context loop;
    asio::cancellation_signal signal;
    bool over = false;
    asio::co_spawn(loop, source->run(sink),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { over = true; }));
    std::optional<Fact> found;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!found && !over && std::chrono::steady_clock::now() < deadline) {
      loop.run_one_for(std::chrono::milliseconds(50));
      for (const auto& fact : sink.of<Fact>()) {
        if (enough(fact)) found = fact;
      }
    }
    signal.emit(asio::cancellation_type::terminal);
    while (!over) loop.run_one_for(std::chrono::milliseconds(50));
    return found;
  }

  base::TemporaryDirectory directory;
  io::SystemClock clock;
  NoDirectory nobody;
  RecordingSink sink;
  std::unique_ptr<Source> source;
};

}  // namespace

TEST_F(WatchSourceTest, OneThatIsRefusedIsASentenceOnTheCardAndTheNextCounts) {
  make({.process = "conduit"}, true);
  const auto health = run_until<model::SourceHealth>(
      [](const auto& told) { return told.server.state == model::ServerState::up && !told.server.witnesses.empty(); });
  ASSERT_TRUE(health);
  EXPECT_EQ(health->server.health, "seen by conntrack; conntrack counts");
  EXPECT_EQ(health->server.listens_on, "udp 443");
  ASSERT_EQ(health->server.witnesses.size(), 2U);
  EXPECT_EQ(health->server.witnesses[0].state, model::WitnessState::refused);
  EXPECT_EQ(health->server.witnesses[0].text, "needs CAP_BPF: run the agent");
  EXPECT_TRUE(health->server.witnesses[1].counts);
  EXPECT_EQ(sink.of<model::EpochStarted>().size(), 1U);
  EXPECT_EQ(sink.of<model::PeerSeen>().size(), 1U);
}

TEST_F(WatchSourceTest, WithNobodyWhoMayLookItSaysWhatToDo) {
  make({.ports = {{443}, {}, {}}}, false);
  const auto health =
      run_until<model::SourceHealth>([](const auto& told) { return told.server.state == model::ServerState::down; });
  ASSERT_TRUE(health);
  EXPECT_EQ(health->server.health, "nobody can see who uses conduit; ebpf: needs CAP_BPF: run the agent");
}

TEST_F(WatchSourceTest, TheCardNamesTheProgramThatServes) {
  Config config;
  config.ports.udp = {443};
  make(std::move(config), true);
  const auto health = run_until<model::SourceHealth>([](const auto&) { return true; });
  ASSERT_TRUE(health);
  EXPECT_EQ(health->server.process_id, 812U);
  EXPECT_EQ(health->server.version, "conduit");
}

TEST_F(WatchSourceTest, AfterARestartTheSessionHasTheSameKey) {
  make({.ports = {{443}, {}, {}}}, true);
  const auto first = run_until<model::PeerSeen>([](const auto&) { return true; });
  ASSERT_TRUE(first);
  source.reset();
  sink.all.clear();
  make({.ports = {{443}, {}, {}}}, true);
  const auto again = run_until<model::PeerSeen>([](const auto&) { return true; });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->peer, first->peer);
  EXPECT_EQ(again->counters, (model::Counters{10, 20}));
}

TEST_F(WatchSourceTest, BesideAnotherSourceItSaysNothingOfTheServersHealth) {
  make({.ports = {{443}, {}, {}}, .server = model::SourceId{"edge-1", "openvpn", "udp"}}, true);
  const auto told = run_until<model::WitnessesTold>([](const auto& fact) {
    return fact.witnesses.size() == 2 && fact.witnesses[1].state == model::WitnessState::looking;
  });
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->witnesses[1].counts) << "the server's own count does";
  EXPECT_TRUE(sink.of<model::SourceHealth>().empty());
  EXPECT_TRUE(sink.of<model::PeerSeen>().empty());
  EXPECT_TRUE(sink.of<model::EpochStarted>().empty());
}

TEST_F(WatchSourceTest, ItCannotEndASessionAndSaysSo) {
  make({.ports = {{443}, {}, {}}}, true);
  source->carry_out(sink, {7, {}, model::EndSession{.source = {"edge-1", "watch", "conduit"}, .peer = "e/1"}});
  const auto done = sink.of<model::CommandDone>();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].command, 7U);
  EXPECT_FALSE(done[0].ok);
  EXPECT_NE(done[0].text.find("cannot be ended"), std::string::npos);
}

}  // namespace davylamp::watch
