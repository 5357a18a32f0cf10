#include "sources/openvpn/hook_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "io/supervise.hpp"
#include "sources/openvpn/testing/hook_folder_fixture.hpp"
#include "sources/openvpn/testing/hook_program.hpp"

namespace davylamp::openvpn {
namespace {

using namespace std::chrono_literals;
using testing::anna_connects;
using testing::anna_leaves;
using testing::run_hook;

class Sink : public contract::ObservationSink {
 public:
  void emit(base::Time, model::Fact fact) override { facts.push_back(std::move(fact)); }
  std::vector<model::Fact> facts;
};

// One run of the source, as collect drives it.
class Running {
 public:
  Running(contract::Source& source, Sink& sink) {
    boost::asio::co_spawn(loop_, source.run(sink),
                          boost::asio::bind_cancellation_slot(cancel_.slot(), [this](const std::exception_ptr& error) {
                            ended = true;
                            if (error) why = io::error_of(error).message;
                          }));
    turn();
  }
  ~Running() { stop(); }
  void stop() {
    cancel_.emit(boost::asio::cancellation_type::terminal);
    until([this] { return ended; });
  }
  // What is ready now.
  void turn() {
    loop_.restart();
    loop_.poll();
  }
  template <class Condition>
  bool until(Condition condition) {
    for (int i = 0; i < 3'000 && !condition(); ++i) {
      loop_.restart();
      loop_.run_one_for(20ms);
    }
    return condition();
  }
  bool ended = false;
  std::string why;

 private:
  boost::asio::io_context loop_{1};
  boost::asio::cancellation_signal cancel_;
};

class HookSourceTest : public ::testing::Test {
 protected:
  HookSourceTest() { remake(); }
  void remake() { source = make_hook_source({.name = "udp", .directory = directory, .user = {}}, clock); }
  void refuse(std::vector<model::Refusal> refusals) {
    source->carry_out(sink, {.id = 0, .expires_at = {}, .order = model::RefuseUsers{std::move(refusals)}});
  }
  int hook(const testing::Environment& environment) {
    return run_hook({.arguments = {directory}, .environment = environment, .root = {}, .repeats = &repeats});
  }
  std::vector<model::PeerFinal> finals() const {
    std::vector<model::PeerFinal> found;
    for (const auto& fact : sink.facts) {
      if (const auto* final = std::get_if<model::PeerFinal>(&fact)) found.push_back(*final);
    }
    return found;
  }
  void send(const std::string& line) const {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (directory + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::sendto(socket, line.data(), line.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address),
              static_cast<ssize_t>(line.size()));
    ::close(socket);
  }
  testing::TemporaryFolder folder;
  std::string directory = folder / "hook/udp";
  base::ManualClock clock;
  Sink sink;
  unsigned repeats = 0;
  std::unique_ptr<HookSource> source;
};

TEST_F(HookSourceTest, TellsTheLastWordOfAClientAtOnceAndOnce) {
  Running running(*source, sink);
  EXPECT_EQ(hook(anna_connects), 0);
  EXPECT_EQ(hook(anna_leaves("100000", "200000")), 0);
  ASSERT_TRUE(running.until([&] { return !finals().empty(); }));
  EXPECT_EQ(finals()[0].counters, (model::Counters{100'000, 200'000}));
  // The same line is in the spool; the next pass knows it.
  ASSERT_TRUE(running.until([&] { return !std::filesystem::is_empty(directory + "/claimed"); }));
  EXPECT_EQ(finals().size(), 1U);
  EXPECT_GE(source->stats().messages, 2U);
  EXPECT_LE(source->stats().messages, 2U + repeats) << "one that was run again may have been heard the first time, too";
}

TEST_F(HookSourceTest, RefusesWhomItIsToldToAndTellsIt) {
  Running running(*source, sink);
  refuse({{"anna.berg", model::RefusalReason::blocked, std::nullopt}});
  EXPECT_EQ(hook(anna_connects), 1);
  ASSERT_TRUE(running.until([&] { return !sink.facts.empty(); }));
  EXPECT_EQ(std::get<model::LoginRefused>(sink.facts[0]).why, "blocked");
  refuse({});
  EXPECT_EQ(hook(anna_connects), 0);
}

TEST_F(HookSourceTest, RefusalsFromBeforeTheFirstRunAreWrittenByIt) {
  refuse({{"anna.berg", model::RefusalReason::quota, std::nullopt}});
  Running running(*source, sink);
  EXPECT_EQ(hook(anna_connects), 1);
}

TEST_F(HookSourceTest, RefusalsHoldWhileItIsAway) {
  {
    Running running(*source, sink);
    refuse({{"anna.berg", model::RefusalReason::quota, std::nullopt}});
  }
  EXPECT_EQ(hook(anna_connects), 1);
  remake();
  Running running(*source, sink);
  EXPECT_EQ(hook(anna_connects), 1);
}

TEST_F(HookSourceTest, WhatIsSaidWhileItIsAwayIsReadWhenItComesBack) {
  {
    Running running(*source, sink);
  }
  EXPECT_FALSE(std::filesystem::exists(directory + "/socket"));
  EXPECT_EQ(hook(anna_leaves("50000", "60000")), 0);
  Running running(*source, sink);
  ASSERT_TRUE(running.until([&] { return !finals().empty(); }));
  EXPECT_EQ(finals()[0].counters, (model::Counters{50'000, 60'000}));
}

TEST_F(HookSourceTest, TheNextDaemonRepeatsWhatOneThatDiedMayNotHaveStored) {
  {
    Running running(*source, sink);
    hook(anna_leaves("50000", "60000"));
    ASSERT_TRUE(running.until([&] { return !std::filesystem::is_empty(directory + "/claimed"); }));
  }
  sink.facts.clear();
  remake();
  Running running(*source, sink);
  ASSERT_TRUE(running.until([&] { return !finals().empty(); }));
}

TEST_F(HookSourceTest, AnswersNoCommand) {
  Running running(*source, sink);
  source->carry_out(sink, {.id = 7, .expires_at = {}, .order = model::EndSession{}});
  source->carry_out(sink, {.id = 8, .expires_at = {}, .order = model::ReportBy{}});
  EXPECT_TRUE(sink.facts.empty());
}

TEST_F(HookSourceTest, BelievesNoStranger) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  Running running(*source, sink);
  const std::string program = folder / "davylamp-hook";
  std::filesystem::copy_file(DAVYLAMP_HOOK, program);
  EXPECT_EQ(run_hook({.arguments = {directory},
                      .environment = anna_leaves("50000", "60000"),
                      .program = program,
                      .user = 12345,
                      .root = {}}),
            0);
  ASSERT_TRUE(running.until([&] { return source->stats().forged >= 2; })) << "the datagram and the spool";
  EXPECT_TRUE(sink.facts.empty());
}

TEST_F(HookSourceTest, CountsGarbage) {
  Running running(*source, sink);
  send("garbage\n");
  send("no end of line");
  send(std::string(100'000, 'x'));
  hook(anna_leaves("50000", "60000"));
  ASSERT_TRUE(running.until([&] { return !finals().empty(); }));
  EXPECT_EQ(source->stats().undecodable, 3U);
}

TEST_F(HookSourceTest, TwoDaemonsDoNotShareAFolder) {
  Running running(*source, sink);
  auto other = make_hook_source({.name = "tcp", .directory = directory, .user = {}}, clock);
  Running second(*other, sink);
  EXPECT_TRUE(second.ended);
  EXPECT_NE(second.why.find("of its own"), std::string::npos);
  EXPECT_FALSE(running.ended);
}

TEST_F(HookSourceTest, SaysWhatIsWrongWithTheConfiguration) {
  source = make_hook_source({.name = "udp", .directory = directory, .user = "no-such-user"}, clock);
  {
    Running running(*source, sink);
    EXPECT_NE(running.why.find("no-such-user"), std::string::npos);
  }
  source = make_hook_source({.name = "udp", .directory = folder / std::string(120, 'x'), .user = {}}, clock);
  Running running(*source, sink);
  EXPECT_NE(running.why.find("shorter"), std::string::npos);
  source->failed(sink, {"hook_directory", running.why}, base::Seconds{1});
  EXPECT_EQ(source->stats().problem, running.why);
  EXPECT_TRUE(sink.facts.empty());
}

}  // namespace
}  // namespace davylamp::openvpn
