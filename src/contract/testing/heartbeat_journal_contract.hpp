// What every journal of heartbeats must do. Include it in one test file of each implementation and instantiate.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "contract/heartbeat_journal.hpp"
#include "contract/testing/store_samples.hpp"

namespace davylamp::contract::testing {

// `make` makes an empty journal; what it returns opens it, as often as asked, as long as it lives.
struct JournalFactory {
  using Opener = std::function<std::unique_ptr<HeartbeatJournal>()>;
  std::string name;
  std::function<Opener()> make;
};
inline void PrintTo(const JournalFactory& factory, std::ostream* out) {
  *out << factory.name;
}

inline model::Heartbeat ping_of(const std::string& agent, int seconds = 0) {
  model::Heartbeat heartbeat;
  heartbeat.agent = agent;
  heartbeat.received_at = at(seconds);
  heartbeat.measured_at = at(seconds) - base::Milliseconds{1};
  return heartbeat;
}

// In which every optional member is there.
inline model::Heartbeat full_heartbeat(const std::string& agent) {
  auto heartbeat = ping_of(agent, 5);
  heartbeat.kind = model::HeartbeatKind::agent;
  heartbeat.signal = model::HeartbeatSignal::failed;
  heartbeat.late = true;
  heartbeat.interval_seconds = 60;
  heartbeat.version = "1.0";
  heartbeat.note = "a \"note\" \x1b[31m";
  heartbeat.connected_from = *model::Address::parse("203.0.113.5");
  heartbeat.connected_place = sample_place();
  heartbeat.exit_v4 = model::ExitReport{.routed = true,
                                        .address = *model::Address::parse("203.0.113.5"),
                                        .agreeing = 2,
                                        .answered = 3,
                                        .answers = {{.provider = "ipinfo", .error = "no route"}},
                                        .place = sample_place()};
  heartbeat.exit_v6 = model::ExitReport{};
  heartbeat.resolver = model::ResolverReport{.asked = 3,
                                             .answered = 1,
                                             .configured = {"10.64.0.1"},
                                             .seen = {{.method = "canary", .transport = "udp"}},
                                             .canary = "abc"};
  heartbeat.paths = {{.target = "hub", .sent = 5, .received = 4, .latency_milliseconds = 12.25}};
  heartbeat.link = model::LinkReport{.tunnel = "wg0", .tunnel_up = true, .default_v4 = "wg0", .rx_bytes = 7};
  return heartbeat;
}

class HeartbeatJournalContract : public ::testing::TestWithParam<JournalFactory> {
 protected:
  JournalFactory::Opener open = GetParam().make();
  std::unique_ptr<HeartbeatJournal> journal = open();

  void append(std::vector<model::Heartbeat> heartbeats) { journal->append(heartbeats); }
  // "1 a, 2 b"
  static std::string list(const std::vector<model::Heartbeat>& heartbeats) {
    std::string text;
    for (const auto& heartbeat : heartbeats)
      text += (text.empty() ? "" : ", ") + std::to_string(heartbeat.number) + " " + heartbeat.agent;
    return text;
  }
};

TEST_P(HeartbeatJournalContract, KeepsEveryMemberOfAHeartbeat) {
  std::vector heartbeats{full_heartbeat("office"), ping_of("bare")};
  journal->append(heartbeats);
  EXPECT_EQ(heartbeats[0].number, 1U);
  EXPECT_EQ(journal->read(0, 10), heartbeats);
}

TEST_P(HeartbeatJournalContract, NumbersInOrderAndGivesWhatComesAfter) {
  append({ping_of("a"), ping_of("b")});
  append({});
  append({ping_of("c")});
  EXPECT_EQ(list(journal->read(0, 10)), "1 a, 2 b, 3 c");
  EXPECT_EQ(list(journal->read(1, 1)), "2 b");
  EXPECT_EQ(list(journal->read(3, 10)), "");
}

TEST_P(HeartbeatJournalContract, IsReadBesideTheOneThatAppends) {
  const auto other = open();
  EXPECT_NE(journal->boot(), 0U);
  EXPECT_EQ(other->boot(), journal->boot());
  append({ping_of("a")});
  EXPECT_EQ(list(other->read(0, 10)), "1 a");
  append({ping_of("b")});
  EXPECT_EQ(list(other->read(1, 10)), "2 b");
}

TEST_P(HeartbeatJournalContract, TakesMoreThanFitsInOneStatement) {
  std::vector<model::Heartbeat> many;
  for (int i = 0; i < 1'000; ++i) many.push_back(ping_of("agent-" + std::to_string(i)));
  append(many);
  append({ping_of("last")});
  EXPECT_EQ(journal->read(0, 5'000).size(), 1'001U);
  EXPECT_EQ(list(journal->read(999, 2)), "1000 agent-999, 1001 last");
}

TEST_P(HeartbeatJournalContract, ForgetsWhatIsStoredAndOld) {
  append({ping_of("a", 10), ping_of("b", 20), ping_of("c", 30), ping_of("d", 10)});
  EXPECT_EQ(open()->forget(3, at(25)), 2U);
  EXPECT_EQ(list(journal->read(0, 10)), "3 c, 4 d");
  EXPECT_EQ(journal->forget(2, at(99)), 0U);
}

TEST_P(HeartbeatJournalContract, NeverUsesANumberAgain) {
  append({ping_of("a"), ping_of("b")});
  journal->forget(2, at(1'000));
  journal = open();
  append({ping_of("c")});
  EXPECT_EQ(list(journal->read(2, 10)), "3 c");
}

}  // namespace davylamp::contract::testing
