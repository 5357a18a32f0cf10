#include "app/import/web_panel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

using testing::HasSubstr;

constexpr std::string_view history = R"([
 {"timestamp": "100", "name": "anna", "ip": "8.8.8.8", "session_id": "s1", "rx": null, "tx": null, "session_end": null},
 {"timestamp": "100", "name": "anna", "ip": "8.8.8.8", "session_id": "s1", "rx": 1.5, "tx": "0.01",
  "vpn_ip": "10.8.0.2", "vpn_ipv6": "fd00::2", "port": "4711", "session_end": "90000"},
 {"timestamp": "100", "name": "bob", "ip": "8.8.4.4", "session_id": "s2", "rx": null, "session_end": null},
 {"timestamp": "100", "name": "eve", "ip": "x", "session_id": "s3", "rx": -1, "tx": 1, "session_end": "200"},
 {"timestamp": "late", "name": "eve", "session_id": "s4", "rx": 1, "tx": 1, "session_end": "200"},
 {"name": "nobody"}, 7])";
constexpr std::string_view active = R"({"zoe": {"ip": "1.1.1.1", "vpn_ip": null, "connected_at": "500",
 "bytes_received": 1234567, "bytes_sent": "89", "port": "1", "session_id": "s9"}})";
constexpr std::string_view places = R"({"clients": {"anna": {"ips": {"8.8.8.8": {"location":
 {"latitude": 52.5, "longitude": 13.4, "city": "Berlin", "country": "Germany"}}}}}})";

// Times are UNIX seconds here.
ImportWish wish() {
  const auto time = [](std::string_view text) -> base::Result<base::Time> {
    const auto seconds = base::parse_number<std::int64_t>(text);
    if (!seconds) return base::fail("bad_time", "is no time");
    return base::from_unix_seconds(*seconds);
  };
  return {"udp", time, base::Time{}, base::from_unix_seconds(1'000'000)};
}

std::uint64_t accounted(const ImportPlan& plan) {
  return plan.sessions.size() + plan.limits.size() + plan.merged + plan.refused.size();
}

TEST(WebPanel, EveryRecordIsTakenMergedOrRefused) {
  const auto plan =
      plan_web_panel({std::string(history), std::string(active), std::string(places), std::nullopt}, wish());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->records, 8U);
  EXPECT_EQ(accounted(*plan), 8U);
  ASSERT_EQ(plan->sessions.size(), 1U);
  const auto& session = plan->sessions[0].session;
  EXPECT_EQ(plan->sessions[0].key, "s1");
  EXPECT_EQ(session.rx_bytes, 1'572'864U);
  EXPECT_EQ(session.tx_bytes, 10'486U);
  EXPECT_EQ(session.virtual_address->to_string(), "10.8.0.2");
  EXPECT_EQ(session.virtual_address6->to_string(), "fd00::2");
  EXPECT_EQ(session.place->city, "Berlin");
  EXPECT_EQ(session.server, "udp");
  EXPECT_EQ(session.source, "import");
}

TEST(WebPanel, TrafficAddsUpToTheSession) {
  const auto plan = plan_web_panel({std::string(history), std::nullopt, std::nullopt, std::nullopt}, wish());
  model::Counters sum;
  for (const auto& increment : plan->sessions[0].traffic) {
    sum += increment.bytes;
    EXPECT_GE(increment.at, plan->sessions[0].session.opened_at);
    EXPECT_LE(increment.at, *plan->sessions[0].session.closed_at);
  }
  EXPECT_EQ(sum, plan->sessions[0].session.counters());
  EXPECT_EQ(plan->sessions[0].traffic.size(), 26U);
}

TEST(WebPanel, OpenSessionsAreTakenOnlyWhenAsked) {
  const auto careful = plan_web_panel({std::nullopt, std::string(active), std::nullopt, std::nullopt}, wish());
  ASSERT_EQ(careful->refused.size(), 1U);
  EXPECT_THAT(careful->refused[0].why, HasSubstr("still open"));
  const auto plan =
      plan_web_panel({std::nullopt, std::string(active), std::nullopt, base::from_unix_seconds(600)}, wish());
  ASSERT_EQ(plan->sessions.size(), 1U);
  EXPECT_EQ(plan->sessions[0].session.rx_bytes, 1'234'567U);
  EXPECT_EQ(plan->sessions[0].session.closed_at, base::from_unix_seconds(600));
}

TEST(WebPanel, WhatWouldBeForgottenIsRefused) {
  auto strict = wish();
  strict.oldest = base::from_unix_seconds(500'000);
  const auto plan = plan_web_panel({std::string(history), std::nullopt, std::nullopt, std::nullopt}, strict);
  EXPECT_TRUE(plan->sessions.empty());
  EXPECT_EQ(accounted(*plan), plan->records);
}

TEST(WebPanel, AFileThatIsSomethingElseIsAnError) {
  for (const auto* text : {"", "{", "3", "2025-10-07 10:45:06,anna,8.8.8.8,s1,,,", "{\"a\":1}"}) {
    EXPECT_FALSE(plan_web_panel({text, std::nullopt, std::nullopt, std::nullopt}, wish())) << text;
  }
  EXPECT_FALSE(plan_web_panel({std::nullopt, "[]", std::nullopt, std::nullopt}, wish()));
}

}  // namespace
}  // namespace davylamp::app
