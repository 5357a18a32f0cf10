#include "sources/firewall/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <functional>
#include <map>

#include "base/testing/temporary_directory.hpp"
#include "io/system_clock.hpp"

namespace davylamp::firewall {
namespace {

using testing::HasSubstr;

class Told : public contract::ObservationSink {
 public:
  void emit(base::Time, model::Fact fact) override {
    if (auto* counted = std::get_if<model::AttemptsCounted>(&fact)) {
      for (auto& row : counted->attempts) rows[row.number] = row;
    }
    if (auto* health = std::get_if<model::SourceHealth>(&fact)) server = health->server;
  }
  std::uint64_t sum() const {
    std::uint64_t all = 0;
    for (const auto& [number, row] : rows) all += row.count;
    return all;
  }
  std::map<std::uint64_t, model::AttemptCount> rows;
  model::ServerFacts server;
};

class FirewallSourceTest : public ::testing::Test {
 protected:
  FirewallSourceTest() {
    config.name = "edge";
    config.state_file = directory.file("state/edge");
  }
  // A whole life of a source: until `done`, at most thirty seconds; then it is stopped.
  void run(Told& told, const std::function<bool()>& done) {
    boost::asio::io_context context;
    boost::asio::cancellation_signal stop;
    bool ended = false;
    auto source = make_source(config, clock, base::utc_zones);
    boost::asio::co_spawn(context, source->run(told),
                          boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    for (int i = 0; i < 3'000 && !done() && !ended; ++i) context.run_for(std::chrono::milliseconds(10));
    stop.emit(boost::asio::cancellation_type::terminal);
    for (int i = 0; i < 2'000 && !ended; ++i) context.run_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(ended);
    losses = source->losses();
  }
  void append(const std::string& file, const std::string& text) {
    std::ofstream(directory.file(file), std::ios::app) << text;
  }
  // A record of the kernel's log, of just now.
  static std::string record(unsigned sequence, const std::string& address) {
    return "4," + std::to_string(sequence) + ",1000000,-;[X] IN=eth0 OUT= SRC=" + address +
           " DST=192.0.2.1 LEN=40 PROTO=TCP SPT=1 DPT=22 SYN\n";
  }
  const std::string line =
      " h kernel: [X] IN=eth0 OUT= SRC=192.0.2.9 DST=192.0.2.1 LEN=40 PROTO=TCP SPT=1 DPT=22 SYN\n";
  base::TemporaryDirectory directory;
  io::SystemClock clock;
  Config config;
  std::vector<model::Loss> losses;
};

TEST_F(FirewallSourceTest, CountsALineOnceOverARestartAndThoseWrittenMeanwhile) {
  config.file = directory.file("kern.log");
  append("kern.log", line.substr(1));
  Told first;
  run(first, [&] { return first.sum() >= 1; });
  EXPECT_EQ(first.sum(), 1U);
  append("kern.log", line.substr(1) + line.substr(1));
  Told second;
  run(second, [&] { return second.sum() >= 2; });
  EXPECT_EQ(second.sum(), 2U);
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows.begin()->second.address->to_string(), "192.0.2.9");
  EXPECT_EQ(second.rows.begin()->second.server, "edge");
}

TEST_F(FirewallSourceTest, CountsRecordsOfTheKernelOnceAndThoseThatWereOverwritten) {
  config.kernel_log = true;
  config.kernel_log_device = directory.file("kmsg");
  append("kmsg", record(10, "192.0.2.9") + " SUBSYSTEM=net\n" + record(11, "192.0.2.9"));
  Told first;
  run(first, [&] { return first.sum() >= 2; });
  EXPECT_EQ(first.sum(), 2U);
  append("kmsg", record(15, "192.0.2.9"));
  Told second;
  run(second, [&] { return second.sum() >= 1; });
  EXPECT_EQ(second.sum(), 1U);
  const auto lost = std::ranges::find(losses, "kernel_log_records_lost", &model::Loss::name);
  ASSERT_NE(lost, losses.end());
  EXPECT_EQ(lost->count, 3U);
}

TEST_F(FirewallSourceTest, SaysHowEachOfItsLogsFares) {
  config.file = directory.file("kern.log");
  config.openvpn_log = directory.file("none.log");
  config.kernel_log = true;
  config.kernel_log_device = directory.file("no-kmsg");
  append("kern.log", line.substr(1));
  Told told;
  run(told, [&] {
    return told.server.witnesses.size() == 3 && told.server.witnesses[0].state == model::WitnessState::failed &&
           told.server.witnesses[1].state == model::WitnessState::looking && told.sum() == 1;
  });
  ASSERT_EQ(told.server.witnesses.size(), 3U);
  EXPECT_EQ(told.server.witnesses[0].kind, "kernel_log");
  EXPECT_EQ(told.server.witnesses[0].state, model::WitnessState::failed);
  EXPECT_THAT(told.server.witnesses[0].text, HasSubstr("no-kmsg cannot be read"));
  EXPECT_EQ(told.server.witnesses[1].kind, "file");
  EXPECT_EQ(told.server.witnesses[1].state, model::WitnessState::looking);
  EXPECT_EQ(told.server.witnesses[2].kind, "openvpn_log");
  EXPECT_EQ(told.server.witnesses[2].state, model::WitnessState::starting);
  EXPECT_THAT(told.server.witnesses[2].text, HasSubstr("waits for"));
  EXPECT_EQ(told.server.state, model::ServerState::stale);
  EXPECT_EQ(told.sum(), 1U);
}

TEST_F(FirewallSourceTest, CountsWhomOpenvpnDidNotLetIn) {
  config.openvpn_log = directory.file("openvpn.log");
  config.server = "udp";
  Told told;
  bool written = false;
  run(told, [&] {
    if (!std::exchange(written, true))
      append("openvpn.log",
             "192.0.2.7:5 TLS Auth Error: Auth Username/Password verification failed for peer\n"
             "192.0.2.7:5 SENT CONTROL [UNDEF]: 'AUTH_FAILED' (status=1)\n192.0.2.8:5 VERIFY OK: depth=0, CN=anna\n");
    return told.sum() >= 1;
  });
  ASSERT_EQ(told.rows.size(), 1U);
  const auto& row = told.rows.begin()->second;
  EXPECT_EQ(row.count, 1U);
  EXPECT_EQ(row.outcome, model::AttemptOutcome::failed);
  EXPECT_EQ(row.why, "auth_failed");
  EXPECT_EQ(row.server, "udp");
}

}  // namespace
}  // namespace davylamp::firewall
