#include "bus/uplink/protocol.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/codec.hpp"

namespace davylamp::uplink {
namespace {

const model::SourceId udp{"node", "openvpn", "udp"};
constexpr base::Time noon{base::Milliseconds{1'700'000'000'123}};

model::Place place() {
  model::Place place;
  place.country_code = "DE";
  return place;
}

model::PeerFacts facts() {
  model::PeerFacts facts;
  facts.connected_at = noon;
  facts.user = "al\"ice\n\xE2\x80\xAE";
  facts.common_name = "alice";
  facts.transport = "udp";
  facts.real = model::Endpoint{*model::Address::parse("2001:db8::1"), 4000};
  facts.virtual_address = *model::Address::parse("10.8.0.2");
  facts.user_is_address = true;
  facts.place = place();
  return facts;
}

model::ServerFacts server() {
  model::ServerFacts server;
  server.state = model::ServerState::up;
  server.health = "answers";
  server.started_at = noon;
  server.dco = true;
  server.witnesses = {{"ebpf", model::WitnessState::refused, "needs CAP_BPF", false, 0}};
  server.interfaces = {{"tun0", "tun", true, 1, 2, 3, 4, 5, 6}};
  server.place = place();
  return server;
}

model::PeersJudged judged() {
  model::JudgedPeer peer{"1/a", model::Evidence{{{"ebpf", 1, 2, true}}, 2, 0.082}, model::Quality{}, 3};
  peer.quality->rtt_milliseconds = 12.25;
  peer.quality->rtt_method = "tcp_info";
  peer.quality->at = noon;
  return {{peer, {"1/b", {}, {}, {}}}};
}

model::AttemptsCounted counted() {
  model::AttemptCount row;
  row.number = 7;
  row.hour_at = noon;
  row.address = *model::Address::parse("192.0.2.1");
  row.place = place();
  row.protocol = "udp";
  row.port = 1194;
  row.count = 18'446'744'073'709'551'615U;
  return {{row, {}}};
}

model::HeartbeatSeen heartbeat() {
  model::Heartbeat heartbeat;
  heartbeat.number = 9;
  heartbeat.agent = "office";
  heartbeat.kind = model::HeartbeatKind::agent;
  heartbeat.received_at = noon;
  heartbeat.measured_at = noon;
  heartbeat.late = true;
  heartbeat.exit_v4.emplace();
  heartbeat.exit_v4->answers.push_back(
      {"ipinfo", *model::Address::parse("203.0.113.7"), "NO", "Oslo", 64500, "Net", {}});
  heartbeat.resolver =
      model::ResolverReport{3, 2, {"127.0.0.11"}, {{"canary", {}, "DE", {}, "udp", place()}}, "k3f9x0q1"};
  heartbeat.paths.push_back({"hub", 10, 9, 12.5, 0.5});
  return {heartbeat};
}

std::vector<model::Fact> every_fact() {
  return {model::PeerSeen{"1/a", {18'446'744'073'709'551'615U, 2}, 3, facts()},
          model::PeerSeen{"1/a", {1, 2}, 0, {}},
          model::PeerGone{"1/a", model::Counters{1, 2}, model::EndReason::timeout},
          model::PeerGone{"1/a", {}, model::EndReason::left},
          model::PeersListed{3, 1},
          model::EpochStarted{"9"},
          model::SourceHealth{server()},
          model::PeerFinal{facts(), {1, 2}, noon},
          model::PeerEnding{"1/a", model::EndReason::killed},
          model::LoginRefused{"eve", facts().real, place(), "blocked"},
          model::CommandDone{5, true, "done"},
          model::PeersMoved{{{"1/a", {1, 2}}, {"1/b", {3, 4}}}},
          judged(),
          model::WitnessesTold{server().witnesses, server().interfaces},
          counted(),
          heartbeat(),
          model::CanaryAsked{
              {"2-k3f9x0q1", *model::Address::parse("2001:db8::53"), "198.51.100.0/24", "tcp", place(), noon}}};
}

TEST(UplinkProtocol, EveryFactComesOutAsItWentIn) {
  std::size_t kinds = 0;
  std::set<std::size_t> seen;
  for (const auto& fact : every_fact()) {
    const model::Observation observation{udp, 1'700'000'000'000, 18'446'744'073'709'551'615U, noon, fact};
    std::string line;
    append_line(line, observation);
    ASSERT_TRUE(line.ends_with("}\n"));
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    line.pop_back();
    const auto message = read_from_collector(line);
    ASSERT_TRUE(message) << line << message.error().message;
    const auto& read = std::get<Observed>(*message).observation;
    EXPECT_EQ(base::json::write(read), base::json::write(observation));
    EXPECT_EQ(read.fact.index(), fact.index());
    kinds += seen.insert(fact.index()).second ? 1 : 0;
  }
  EXPECT_EQ(kinds, std::variant_size_v<model::Fact>);
}

TEST(UplinkProtocol, EveryOrderForACollectorComesOutAsItWentIn) {
  const std::vector<model::Order> orders{
      model::EndSession{udp, "1/a", 7, "alice", model::EndMode::refuse, model::EndReason::killed, "good\tbye"},
      model::RefuseUsers{{{"eve", model::RefusalReason::blocked, noon}, {"bob", model::RefusalReason::quota, {}}}},
      model::ReportBy{udp, noon}, model::StopInKernel{{{7, udp, *model::Address::parse("10.8.0.2"), {}, 12}}}};
  for (const auto& order : orders) {
    std::string line;
    append_line(line, FromDaemon{Ordered{{3, noon, order}}});
    line.pop_back();
    const auto message = read_from_daemon(line);
    ASSERT_TRUE(message) << line << message.error().message;
    EXPECT_EQ(base::json::write(std::get<Ordered>(*message).command.order), base::json::write(order));
  }
}

TEST(UplinkProtocol, GreetingsAndAcknowledgementsComeOutAsTheyWentIn) {
  std::string hello;
  append_line(hello, Hello{1, "0.1", "node", 5});
  hello.pop_back();
  EXPECT_EQ(std::get<Hello>(*read_from_collector(hello)).node, "node");
  std::string acknowledged;
  append_line(acknowledged, FromDaemon{Acknowledged{{{udp, 5, 6}}}});
  acknowledged.pop_back();
  EXPECT_EQ(std::get<Acknowledged>(*read_from_daemon(acknowledged)).cursors.at(0).sequence, 6U);
}

TEST(UplinkProtocol, WhatIsNoMessageIsAnError) {
  for (const auto* line :
       {"", "{", "[]", "{}", "{\"kind\":\"smoke\"}", "{\"kind\":\"observed\"", "\"hello\"", "null",
        "{\"kind\":\"hello\",\"protocol\":-1}", "{\"kind\":\"observed\",\"observation\":{\"fact\":{}}}",
        "{\"kind\":\"observed\",\"observation\":{\"fact\":{\"kind\":\"peer_seen\",\"peer\":7}}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]"}) {
    EXPECT_FALSE(read_from_collector(line)) << line;
    EXPECT_FALSE(read_from_daemon(line)) << line;
  }
}

}  // namespace
}  // namespace davylamp::uplink
