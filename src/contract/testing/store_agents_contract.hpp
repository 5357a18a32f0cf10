// What every store must do with agents, their hours and their tokens.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

inline model::AgentSettings full_settings(const std::string& name) {
  return {.name = name,
          .site = "office",
          .label = "WireGuard",
          .interval_seconds = 30,
          .grace_seconds = 45,
          .exit = {.countries = {"DE", "NL"}, .asns = {64'500}, .networks = {"203.0.113.0/24"}, .learned = false},
          .resolver = {.tolerance = model::DnsTolerance::listed,
                       .countries = {"DE"},
                       .asns = {64'501},
                       .networks = {"198.51.100.53/32"}},
          .ipv6 = model::Ipv6Policy::none,
          .real_networks = {"192.0.2.0/24"},
          .learning_heartbeats = 9,
          .paused = true};
}

// In which most optional members are there.
inline model::Agent full_agent(const std::string& name) {
  model::Agent agent;
  agent.settings = full_settings(name);
  agent.presence = model::Presence::alive;
  agent.verdict = model::Verdict::leaking;
  agent.sentence = "Leaking DNS: \"198.51.100.53\"";
  agent.verdict_since_at = at(1) + base::Milliseconds(250);
  agent.first_heard_at = at(-100);
  agent.last_heard_at = at(2);
  agent.due_at = at(32);
  agent.reports_as = model::HeartbeatKind::agent;
  agent.version = "1.0";
  agent.exit_v4 = model::AgentExit{.address = *model::Address::parse("203.0.113.5"),
                                   .place = sample_place(),
                                   .agreeing = 2,
                                   .answered = 3,
                                   .since_at = at(0)};
  agent.resolvers = {{.what = "resolver", .value = "198.51.100.53", .as_expected = false, .text = "Outside."}};
  agent.findings = {{.kind = model::FindingKind::dns_leak, .since_at = at(1), .last_at = at(2), .text = "why"}};
  agent.points = {{.at = at(1), .latency_milliseconds = 12.5, .loss = 0.1}, {.at = at(2)}};
  agent.last = model::Heartbeat{.number = 7, .agent = name, .received_at = at(2), .measured_at = at(2)};
  agent.learned = {.countries = {"DE"}, .asns = {1}, .resolver_networks = {}, .heartbeats = 5, .done = true};
  agent.heartbeats = 12;
  agent.memory.tunnel_seen = true;
  return agent;
}

inline model::AgentHour hour_of(const std::string& agent, int hours, std::uint32_t up_seconds = 3'600) {
  return {.agent = agent,
          .at = base::floor_to(at(0), base::Seconds(3'600)) + base::Seconds(3'600) * hours,
          .up_seconds = up_seconds,
          .down_seconds = 1,
          .leaking_seconds = 2,
          .heartbeats = 60,
          .probes_sent = 300,
          .probes_received = 299,
          .latency_counts = {1, 2, 3},
          .jitter_counts = {4},
          .exit_country = "DE",
          .exit_asn = 64'500U,
          .exit_network = "Example",
          .rx_bytes = 5,
          .tx_bytes = 6};
}

class StoreAgentsContract : public StoreContract {
 protected:
  std::unique_ptr<AgentStore> agents = store->agents();
  void put(const std::string& name) { agents->put_agent(full_settings(name), done("agent_added", name)); }
  static model::AgentToken token(const std::string& agent, const std::string& hash, bool one_time = false) {
    return {.agent = agent, .token_hash = hash, .one_time = one_time, .created_at = at(1), .expires_at = at(100)};
  }
};

TEST_P(StoreAgentsContract, KeepsEveryMemberOfSettingsAndState) {
  put("office");
  EXPECT_EQ(agents->agents(), std::vector{full_settings("office")});
  EXPECT_EQ(writer->agents(), std::vector{full_settings("office")});
  batch.agents = {full_agent("office")};
  commit();
  EXPECT_EQ(reader->agents(), std::vector{full_agent("office")});
  EXPECT_EQ(reader->agent("office"), full_agent("office"));
  EXPECT_EQ(reader->agent("home"), std::nullopt);
  EXPECT_EQ(store->writer()->load_checkpoint().agents, std::vector{full_agent("office")});
}

TEST_P(StoreAgentsContract, TheSettingsOfOperatorsAreNewerThanThoseOfAState) {
  put("office");
  batch.agents = {full_agent("office")};
  commit();
  auto changed = full_settings("office");
  changed.site = "elsewhere";
  agents->put_agent(changed, done("agent_changed", "office"));
  EXPECT_EQ(reader->agents().at(0).settings, changed);
  EXPECT_EQ(reader->agents().at(0).heartbeats, 12U);
}

TEST_P(StoreAgentsContract, OneThatWasNeverHeardOfIsThereAndWaits) {
  put("b");
  put("a");
  const auto all = reader->agents();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].settings.name, "a");
  EXPECT_EQ(all[0].verdict, model::Verdict::waiting);
}

TEST_P(StoreAgentsContract, ARemovedAgentIsNotBroughtBack) {
  put("office");
  put("home");
  batch.agents = {full_agent("office")};
  batch.agent_hours = {hour_of("office", 0), hour_of("home", 0)};
  commit();
  ASSERT_TRUE(agents->add_token(token("office", "h1"), done("x")));
  ASSERT_TRUE(agents->remove_agent("office", done("agent_removed", "office")));
  EXPECT_EQ(agents->remove_agent("office", done("x")).error().code, "not_found");
  batch.agents = {full_agent("office")};
  batch.agent_hours = {hour_of("office", 1)};
  commit();
  EXPECT_EQ(reader->agents().size(), 1U);
  EXPECT_TRUE(agents->tokens().empty());
  EXPECT_EQ(reader->agent_hours("", at(-86'400), at(86'400)), std::vector{hour_of("home", 0)});
}

TEST_P(StoreAgentsContract, AnHourReplacesTheOneBefore) {
  put("a");
  put("b");
  batch.agent_hours = {hour_of("b", 1), hour_of("a", 0), hour_of("a", 2), hour_of("a", 1, 10)};
  commit();
  batch.agent_hours = {hour_of("a", 1)};
  commit();
  const auto from = hour_of("a", 0).at;
  EXPECT_EQ(reader->agent_hours("a", from + base::Seconds(5), from + base::Seconds(7'200)),
            (std::vector{hour_of("a", 0), hour_of("a", 1)}));
  EXPECT_EQ(reader->agent_hours("", from, from + base::Seconds(86'400)),
            (std::vector{hour_of("a", 0), hour_of("a", 1), hour_of("a", 2), hour_of("b", 1)}));
  EXPECT_TRUE(reader->agent_hours("a", from + base::Seconds(86'400), from + base::Seconds(90'000)).empty());
}

TEST_P(StoreAgentsContract, TheCheckpointHasTheNewestHours) {
  put("a");
  for (int hour = 0; hour < 40; ++hour) batch.agent_hours.push_back(hour_of("a", hour));
  commit();
  const auto hours = store->writer()->load_checkpoint().agent_hours;
  ASSERT_EQ(hours.size(), 26U);
  EXPECT_EQ(hours.back(), hour_of("a", 39));
}

TEST_P(StoreAgentsContract, ATokenIsKeptByItsHash) {
  put("office");
  EXPECT_EQ(agents->add_token(token("home", "h1"), done("x")).error().code, "not_found");
  ASSERT_TRUE(agents->add_token(token("office", "h1"), done("token_issued", "office")));
  EXPECT_EQ(agents->add_token(token("office", "h1"), done("x")).error().code, "exists");
  EXPECT_EQ(agents->tokens(), std::vector{token("office", "h1")});
  EXPECT_EQ(agents->revoke_tokens("office", done("tokens_revoked", "office")), 1U);
  EXPECT_TRUE(agents->tokens().empty());
  EXPECT_EQ(accounts->audit(10).size(), 3U);
}

TEST_P(StoreAgentsContract, AOneTimeTokenIsUsedOnce) {
  put("office");
  put("home");
  ASSERT_TRUE(agents->add_token(token("office", "once", true), done("x")));
  ASSERT_TRUE(agents->add_token(token("office", "own"), done("x")));
  const auto exchange = [&](const std::string& hash, const std::string& agent, int now) {
    return agents->exchange_token(hash, token(agent, "fresh"), at(now), done("enrolled", agent)).has_value();
  };
  EXPECT_FALSE(exchange("own", "office", 5));
  EXPECT_FALSE(exchange("unknown", "office", 5));
  EXPECT_FALSE(exchange("once", "home", 5));
  EXPECT_FALSE(exchange("once", "office", 100));
  EXPECT_TRUE(exchange("once", "office", 5));
  EXPECT_FALSE(exchange("once", "office", 6));
  const auto tokens = agents->tokens();
  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(std::ranges::find(tokens, "once", &model::AgentToken::token_hash)->used_at, at(5));
}

TEST_P(StoreAgentsContract, ForgetsOldHours) {
  put("a");
  batch.agent_hours = {hour_of("a", 0), hour_of("a", 1), hour_of("a", 5)};
  commit();
  Retention retention;
  retention.hours = base::Seconds(3'600);
  EXPECT_EQ(writer->forget(hour_of("a", 3).at, retention, 100), 2U);
  EXPECT_EQ(reader->agent_hours("a", at(-86'400), at(86'400)), std::vector{hour_of("a", 5)});
}

}  // namespace davylamp::contract::testing
