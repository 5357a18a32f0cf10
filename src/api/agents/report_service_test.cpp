#include "api/agents/report_service.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "api/testing/reports_under_test.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

using testing::header_of;
using testing::ReportsUnderTest;

constexpr std::string_view sentinel =
    R"({"client_id":"office-vpn","public_ip":"198.51.100.9","location":{"country":"RO"},"dns_test":{"location":"RO"}})";
constexpr std::string_view own = R"({"client_id":"other","heartbeat":{"measured_at":1794999999.5}})";

bool is_problem(const Response& response) {
  return response.content_type == "application/problem+json";
}

}  // namespace

TEST(Reports, ASharedKeyTakesInAnAgentByItsClientId) {
  ReportsUnderTest hub;
  auto report = hub.report(std::string(sentinel), {});
  report.headers["x-api-key"] = hub.shared_key;
  const auto response = hub.send(report);
  ASSERT_EQ(response.status, 200U) << response.body;
  const auto body = boost::json::parse(response.body);
  EXPECT_EQ(body.at("status"), "ok");
  EXPECT_EQ(body.at("message"), "Keepalive received");
  EXPECT_TRUE(body.at("server_time").is_string());
  ASSERT_EQ(hub.journal->heartbeats.size(), 1U);
  const auto& heartbeat = hub.journal->heartbeats.front();
  EXPECT_EQ(heartbeat.agent, "office-vpn");
  EXPECT_EQ(heartbeat.received_at, hub.clock.now());
  EXPECT_EQ(heartbeat.measured_at, hub.clock.now());
  EXPECT_EQ(heartbeat.connected_from->to_string(), "192.0.2.7");
  EXPECT_FALSE(heartbeat.late);
  ASSERT_EQ(hub.stored->agents.size(), 1U);
  EXPECT_EQ(hub.stored->agents.front().interval_seconds, 300U);
  EXPECT_EQ(hub.stored->audit.front().action, "agent_registered");
  ASSERT_EQ(hub.issued.size(), 1U);
  ASSERT_EQ(hub.accepted.size(), 1U);
  EXPECT_EQ(hub.accepted.front().number, 1U);
}

TEST(Reports, ATokenFixesTheNameWhateverTheBodySays) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  ASSERT_EQ(hub.keepalive(std::string(own), token).status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.at(0).agent, "fra-1");
  EXPECT_EQ(hub.stored->agents.size(), 1U);
}

TEST(Reports, WithoutAGoodKeyNothingIsTaken) {
  ReportsUnderTest hub;
  for (const auto& key : {std::string(), std::string("guess"), random_token()}) {
    const auto response = hub.keepalive(std::string(sentinel), key);
    EXPECT_EQ(response.status, 401U);
    EXPECT_TRUE(is_problem(response));
  }
  auto basic = hub.report(std::string(sentinel), {});
  basic.headers["authorization"] = "Basic dGVzdDp0ZXN0";
  EXPECT_EQ(hub.send(basic).status, 401U);
  EXPECT_TRUE(hub.journal->heartbeats.empty());
  EXPECT_TRUE(hub.stored->agents.empty());
}

TEST(Reports, ARevokedTokenIsRefusedAtOnce) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  ASSERT_EQ(hub.keepalive(std::string(own), token).status, 200U);
  hub.stored->tokens.clear();
  hub.run(hub.service.reload());
  EXPECT_EQ(hub.keepalive(std::string(own), token).status, 401U);
}

TEST(Reports, ATokenThatIsOverIsRefused) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  hub.stored->tokens.front().expires_at = hub.clock.now() + base::Seconds(10);
  hub.run(hub.service.reload());
  ASSERT_EQ(hub.keepalive(std::string(own), token).status, 200U);
  hub.clock.advance(base::Seconds(10));
  EXPECT_EQ(hub.keepalive(std::string(own), token).status, 401U);
}

TEST(Reports, WhatCannotBeReadIsRefusedAndCounted) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  EXPECT_EQ(hub.keepalive("{\"client_id\": ", token).status, 400U);
  EXPECT_EQ(hub.keepalive(R"({"client_id":7})", token).status, 422U);
  auto plain = hub.report(std::string(sentinel), token);
  plain.headers["content-type"] = "text/plain";
  EXPECT_EQ(hub.send(plain).status, 415U);
  EXPECT_EQ(hub.get("/api/v1/keepalive", token).status, 405U);
  EXPECT_EQ(hub.keepalive(R"({"public_ip":"198.51.100.7"})", hub.shared_key).status, 422U);
  EXPECT_EQ(hub.service.stats().malformed, 5U);
  EXPECT_TRUE(hub.journal->heartbeats.empty());
}

TEST(Reports, ASignatureThatIsThereMustBeRight) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  ASSERT_EQ(hub.send(hub.signed_report(std::string(own), token, "nonce-0001")).status, 200U);
  auto changed = hub.signed_report(std::string(own), token, "nonce-0002");
  changed.body.back() = ' ';
  EXPECT_EQ(hub.send(changed).status, 401U);
  auto half = hub.signed_report(std::string(own), token, "nonce-0003");
  half.headers.erase("x-davylamp-signature");
  EXPECT_EQ(hub.send(half).status, 401U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 1U);
}

TEST(Reports, AReplayIsRefusedAndARepeatIsKeptOnce) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  const auto sent = hub.signed_report(std::string(own), token, "nonce-0001");
  ASSERT_EQ(hub.send(sent).status, 200U);
  EXPECT_EQ(hub.send(sent).status, 409U);
  EXPECT_EQ(hub.service.stats().replayed, 1U);
  // The agent did not hear the answer, and signs the same heartbeat anew.
  EXPECT_EQ(hub.send(hub.signed_report(std::string(own), token, "nonce-0002")).status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 1U);
  hub.clock.advance(base::Seconds(1'000));
  ASSERT_EQ(hub.send(hub.signed_report(R"({"heartbeat":{}})", token, "nonce-0003")).status, 200U);
  EXPECT_EQ(hub.send(sent).status, 409U) << "so old that its nonce is forgotten";
}

TEST(Reports, TheFutureIsRefusedAndThePastIsLate) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  const auto at = [&](int seconds) {
    return std::to_string(base::to_unix_seconds(hub.clock.now() + base::Seconds(seconds)));
  };
  EXPECT_EQ(hub.keepalive(R"({"heartbeat":{"measured_at":)" + at(61) + "}}", token).status, 422U);
  EXPECT_EQ(hub.keepalive(R"({"heartbeat":{"measured_at":)" + at(59) + "}}", token).status, 200U);
  EXPECT_EQ(hub.keepalive(R"({"timestamp":"2036-11-21T03:54:58+0000"})", token).status, 422U);
  EXPECT_EQ(hub.keepalive(R"({"timestamp":"2025-10-14T10:30:00+0000"})", token).status, 200U);
  ASSERT_EQ(hub.journal->heartbeats.size(), 2U);
  EXPECT_FALSE(hub.journal->heartbeats[0].late);
  EXPECT_TRUE(hub.journal->heartbeats[1].late);
  auto early = hub.signed_report(R"({"heartbeat":{}})", token, "nonce-0001");
  hub.clock.advance(base::Seconds(-61));
  EXPECT_EQ(hub.send(early).status, 422U);
  EXPECT_EQ(hub.service.stats().from_the_future, 3U);
}

TEST(Reports, OfARefusedReportNobodyIsRegistered) {
  ReportsUnderTest hub;
  const std::string ahead = R"({"client_id":"far","public_ip":"198.51.100.7","timestamp":"2036-11-21T03:54:58+0000"})";
  EXPECT_EQ(hub.keepalive(ahead, hub.shared_key).status, 422U);
  EXPECT_TRUE(hub.stored->agents.empty());
  EXPECT_TRUE(hub.journal->heartbeats.empty());
}

TEST(Reports, ATokenHasItsRateAndSaysWhatIsLeft) {
  ReportsUnderTest hub({.rate = {.per_minute = 6, .burst = 3}});
  const auto token = hub.add_agent("fra-1");
  const auto other = hub.add_agent("fra-2");
  for (const auto* const left : {"2", "1", "0"}) {
    const auto response = hub.keepalive(std::string(sentinel), token);
    ASSERT_EQ(response.status, 200U);
    EXPECT_EQ(header_of(response, "X-RateLimit-Limit"), "6");
    EXPECT_EQ(header_of(response, "X-RateLimit-Remaining"), left);
  }
  const auto refused = hub.keepalive(std::string(sentinel), token);
  EXPECT_EQ(refused.status, 429U);
  EXPECT_TRUE(is_problem(refused));
  EXPECT_EQ(header_of(refused, "Retry-After"), "10");
  EXPECT_EQ(hub.keepalive(std::string(sentinel), other).status, 200U) << "of the same address";
  hub.clock.advance(base::Seconds(10));
  EXPECT_EQ(hub.keepalive(std::string(sentinel), token).status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 5U);
}

TEST(Reports, WhoGuessesKeysIsStoppedAndLearnsNothing) {
  ReportsUnderTest hub({.rate = {.per_minute = 30, .burst = 30}});
  const auto token = hub.add_agent("fra-1");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(hub.keepalive(std::string(sentinel), random_token()).status, 401U);
  EXPECT_EQ(hub.keepalive(std::string(sentinel), random_token()).status, 429U);
  EXPECT_EQ(hub.keepalive(std::string(sentinel), hub.shared_key).status, 429U) << "a right guess must not show";
  EXPECT_EQ(hub.keepalive(std::string(sentinel), token).status, 200U) << "who shares the address reports on";
  hub.from = "192.0.2.8";
  EXPECT_EQ(hub.keepalive(std::string(sentinel), hub.shared_key).status, 200U);
}

TEST(Reports, OnlyAllowedNetworksMayReport) {
  ReportsUnderTest hub({.allow = {base::value_or_throw(model::Network::parse("10.0.0.0/8"))}});
  const auto token = hub.add_agent("fra-1");
  EXPECT_EQ(hub.keepalive(std::string(sentinel), token).status, 403U);
  EXPECT_EQ(hub.get("/ping/" + token).status, 403U);
  EXPECT_EQ(hub.get("/api/v1/health").status, 200U);
  hub.from = "10.1.2.3";
  EXPECT_EQ(hub.keepalive(std::string(sentinel), token).status, 200U);
  // Nobody's word about another address counts.
  hub.from = "192.0.2.7";
  auto claimed = hub.report(std::string(sentinel), token);
  claimed.headers["x-forwarded-for"] = "10.1.2.3";
  EXPECT_EQ(hub.send(claimed).status, 403U);
}

TEST(Reports, WhatCouldNotBeKeptIsNotAcknowledgedAndMayComeAgain) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  const auto sent = hub.signed_report(std::string(own), token, "nonce-0001");
  hub.journal->broken = true;
  const auto refused = hub.send(sent);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(header_of(refused, "Retry-After"), "5");
  EXPECT_TRUE(hub.accepted.empty());
  hub.journal->broken = false;
  EXPECT_EQ(hub.send(sent).status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 1U);
}

TEST(Reports, OurAgentsAreToldWhatTheyNeedToKnow) {
  ReportsUnderTest hub({.canary_zone = "canary.example.org"});
  const auto token = hub.add_agent("fra-1");
  hub.stored->agents.front().interval_seconds = 20;
  hub.run(hub.service.reload());
  EXPECT_TRUE(hub.service.ask_again("fra-1"));
  EXPECT_FALSE(hub.service.ask_again("nobody"));
  auto body = boost::json::parse(hub.keepalive(std::string(own), token).body);
  EXPECT_EQ(body.at("next").at("interval_seconds"), 20);
  EXPECT_EQ(body.at("next").at("canary_zone"), "canary.example.org");
  EXPECT_EQ(body.at("next").at("test_again"), true);
  body = boost::json::parse(hub.keepalive(R"({"heartbeat":{}})", token).body);
  EXPECT_FALSE(body.at("next").as_object().contains("test_again")) << "asked once";
  body = boost::json::parse(hub.keepalive(std::string(sentinel), token).body);
  EXPECT_FALSE(body.as_object().contains("next"));
}

TEST(Reports, AOneTimeTokenIsExchangedOnce) {
  ReportsUnderTest hub;
  const auto one_time = hub.add_agent("fra-1", true);
  EXPECT_EQ(hub.keepalive(std::string(own), one_time).status, 401U) << "it opens nothing else";
  auto request = hub.request(Method::post, "/api/v1/agents/enrol");
  request.headers["content-type"] = "application/json";
  request.body = R"({"one_time_token":")" + one_time + R"(","client_id":"other"})";
  const auto response = hub.send(request);
  ASSERT_EQ(response.status, 201U) << response.body;
  const auto body = boost::json::parse(response.body);
  EXPECT_EQ(body.at("name"), "fra-1");
  const std::string token(body.at("token").as_string());
  EXPECT_EQ(token.size(), 43U);
  EXPECT_EQ(hub.stored->tokens.back().token_hash, fingerprint(token));
  EXPECT_EQ(hub.keepalive(std::string(own), token).status, 200U);
  EXPECT_EQ(hub.send(request).status, 401U);
}

TEST(Reports, PingsOfCronLinesAndContainersAreHeartbeats) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("backup");
  using Signal = model::HeartbeatSignal;
  const std::vector<std::pair<std::string, Signal>> pings{{"", Signal::alive},
                                                          {"/start", Signal::started},
                                                          {"/fail", Signal::failed},
                                                          {"/0", Signal::alive},
                                                          {"/3", Signal::failed}};
  for (const auto& [end, signal] : pings) {
    auto request = hub.request(Method::post, "/ping/" + token + end);
    request.body = end.empty() ? "all is \xffwell" : "";
    const auto response = hub.send(request);
    EXPECT_EQ(response.status, 200U) << end << response.body;
    EXPECT_EQ(response.body, "OK");
    const auto& kept = hub.journal->heartbeats.back();
    EXPECT_EQ(kept.signal, signal) << end;
    EXPECT_EQ(kept.agent, "backup");
    EXPECT_EQ(kept.kind, model::HeartbeatKind::ping);
  }
  EXPECT_EQ(hub.journal->heartbeats.front().note, "all is \xef\xbf\xbdwell");
  EXPECT_EQ(hub.journal->heartbeats.back().note, "exit status 3");
  EXPECT_EQ(hub.send(hub.request(Method::head, "/ping/" + token)).status, 200U);
  EXPECT_EQ(hub.get("/ping/" + token + "/log").status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 6U) << "a log line says neither good nor bad";
  EXPECT_EQ(hub.get("/ping/" + token + "/256").status, 404U);
  EXPECT_EQ(hub.get("/ping/" + random_token()).status, 401U);
  EXPECT_EQ(hub.get("/ping/" + hub.shared_key).status, 401U);
  auto large = hub.request(Method::post, "/ping/" + token);
  large.body = std::string(9'999, 'x') + "\xc3\xa9";
  EXPECT_EQ(hub.send(large).status, 413U);
  large.body = std::string(499, 'x') + "\xc3\xa9";
  EXPECT_EQ(hub.send(large).status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.back().note, std::string(499, 'x')) << "cut between characters";
}

TEST(Reports, PushesOfUptimeKumaAreHeartbeats) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("kuma");
  auto response = hub.get("/api/push/" + token + "?status=up&msg=OK&ping=12.5");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"ok":true})");
  EXPECT_EQ(hub.journal->heartbeats.back().note, "OK");
  EXPECT_EQ(hub.journal->heartbeats.back().paths.front().latency_milliseconds, 12.5);
  EXPECT_EQ(hub.get("/api/push/" + token + "?status=down&msg=&ping=").status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.back().signal, model::HeartbeatSignal::failed);
  EXPECT_EQ(hub.get("/api/push/" + token + "?status=sideways").status, 422U);
  EXPECT_EQ(hub.get("/api/push/" + token + "?ping=nan").status, 422U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 2U);
}

TEST(Reports, TellsACallerItsAddress) {
  ReportsUnderTest hub;
  const auto token = hub.add_agent("fra-1");
  hub.from = "2001:db8::7";
  EXPECT_EQ(hub.get("/api/v1/my-address", token).body, R"({"address":"2001:db8::7"})");
  EXPECT_EQ(hub.get("/api/v1/my-address").status, 401U);
}

TEST(Reports, WhoeverComesTogetherIsKeptTogether) {
  ReportsUnderTest hub({.rate = {.per_minute = 1'000, .burst = 1'000}});
  const auto token = hub.add_agent("fra-1");
  std::vector<std::future<Response>> answers;
  const auto report = hub.report(std::string(sentinel), token);
  for (int i = 0; i < 100; ++i) {
    answers.push_back(boost::asio::co_spawn(hub.loop, hub.service.answer(report), boost::asio::use_future));
  }
  EXPECT_EQ(hub.send(report).status, 200U);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 200U);
  EXPECT_EQ(hub.journal->heartbeats.size(), 101U);
  EXPECT_LE(hub.journal->commits.size(), 3U);
  for (std::size_t i = 0; i < hub.accepted.size(); ++i) EXPECT_EQ(hub.accepted[i].number, i + 1);
}

}  // namespace davylamp::api
