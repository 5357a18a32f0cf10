#include "api/agents/report_body.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/agents/report_time.hpp"
#include "api/testing/reports_under_test.hpp"

namespace davylamp::api {
namespace {

namespace json = boost::json;

std::string with_member(const std::string& name, const json::value& value) {
  json::object body{{"client_id", "office-vpn"}, {"public_ip", "198.51.100.7"}};
  body[name] = value;
  return json::serialize(body);
}

unsigned status_of_body(const std::string& body) {
  const auto report = read_report_body(body);
  return report ? 200 : report.error().status;
}

json::value cases() {
  return json::parse(testing::read_file(testing::sentinel_corpus() / "validation-cases.json"));
}

}  // namespace

TEST(ReportBody, ReadsWhatSentinelClientsReallySend) {
  const auto corpus = testing::sentinel_corpus();
  if (corpus.empty()) GTEST_SKIP() << "there is no corpus";
  const auto report = read_report_body(testing::read_file(corpus / "client-seed-ok-body.json"));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->client_id, "office-vpn");
  EXPECT_FALSE(report->own);
  ASSERT_EQ(report->heartbeats.size(), 1U);
  const auto& heartbeat = report->heartbeats.front();
  EXPECT_EQ(heartbeat.kind, model::HeartbeatKind::sentinel);
  EXPECT_EQ(report_time(heartbeat.measured_at), "2026-11-21T03:54:58.000+00:00");
  ASSERT_TRUE(heartbeat.exit_v4 && heartbeat.exit_v4->address);
  EXPECT_EQ(heartbeat.exit_v4->address->to_string(), "89.40.181.202");
  const auto& answer = heartbeat.exit_v4->answers.front();
  EXPECT_EQ(answer.country_code, "RO");
  EXPECT_EQ(answer.city, "Bucharest");
  EXPECT_EQ(answer.asn, 9009U);
  EXPECT_EQ(answer.network, "M247 Europe SRL");
  ASSERT_TRUE(heartbeat.resolver);
  ASSERT_EQ(heartbeat.resolver->seen.size(), 1U);
  EXPECT_EQ(heartbeat.resolver->seen.front().country_code, "RO");
}

TEST(ReportBody, UnknownSaysNothing) {
  const auto corpus = testing::sentinel_corpus();
  if (corpus.empty()) GTEST_SKIP() << "there is no corpus";
  const auto report = read_report_body(testing::read_file(corpus / "client-seed-nolookup-body.json"));
  ASSERT_TRUE(report) << report.error().detail;
  const auto& heartbeat = report->heartbeats.front();
  ASSERT_TRUE(heartbeat.exit_v4);
  EXPECT_FALSE(heartbeat.exit_v4->address);
  EXPECT_EQ(heartbeat.exit_v4->answered, 0U);
  EXPECT_TRUE(heartbeat.exit_v4->answers.front().error);
  EXPECT_FALSE(heartbeat.exit_v4->answers.front().country_code);
  ASSERT_TRUE(heartbeat.resolver);
  EXPECT_EQ(heartbeat.resolver->asked, 1U);
  EXPECT_TRUE(heartbeat.resolver->seen.empty());
}

TEST(ReportBody, ReadsTheFlatBodyToo) {
  const auto report = read_report_body(
      R"({"client_id":"monitor-01","public_ip":"2001:db8::5","country":"RO","city":"Zürich","dns_location":"US"})");
  ASSERT_TRUE(report) << report.error().detail;
  const auto& heartbeat = report->heartbeats.front();
  ASSERT_TRUE(heartbeat.exit_v6 && heartbeat.exit_v6->address);
  EXPECT_FALSE(heartbeat.exit_v4);
  EXPECT_EQ(heartbeat.exit_v6->answers.front().city, "Zürich");
  EXPECT_EQ(heartbeat.resolver->seen.front().country_code, "US");
  EXPECT_EQ(heartbeat.measured_at, base::Time{});
}

TEST(ReportBody, JudgesNamesAndAddressesAsSentinelDoes) {
  if (testing::sentinel_corpus().empty()) GTEST_SKIP() << "there is no corpus";
  const auto all = cases();
  for (const auto* const member : {"client_id", "public_ip"}) {
    const auto& list = all.at(member);
    for (const auto& value : list.at("valid").as_array()) {
      EXPECT_EQ(status_of_body(with_member(member, value)), 200U) << member << " " << value;
    }
    for (const auto& value : list.at("invalid").as_array()) {
      EXPECT_EQ(status_of_body(with_member(member, value)), 422U) << member << " " << value;
    }
    for (const auto& pair : list.at("stripped").as_array()) {
      EXPECT_EQ(status_of_body(with_member(member, pair.at(0))), 200U) << member << " " << pair;
    }
  }
  for (const auto* const list : {"valid", "peer_rejects_but_we_should_accept"}) {
    for (const auto& value : all.at("location").at(list).as_array()) {
      const auto report = read_report_body(with_member("location", {{"city", value}}));
      ASSERT_TRUE(report);
      EXPECT_EQ(report->heartbeats.front().exit_v4->answers.front().city, value.as_string());
    }
  }
}

TEST(ReportBody, RefusesWhatIsNoReport) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("{\"client_id\": "), std::string("[1,2]"), std::string("7"), deep,
        std::string("{\"city\":\"\xff\xfe\"}"), "{\"location\":" + deep + "}"}) {
    EXPECT_EQ(status_of_body(body), 400U) << body.substr(0, 40);
  }
  for (const std::string body :
       {R"({"client_id":"a","location":"RO"})", R"({"client_id":"a","location":{"city":7}})",
        R"({"client_id":"a","timestamp":"yesterday"})", R"({"client_id":"a","timestamp":1795000000})",
        R"({"client_id":"a","heartbeat":7})", R"({"client_id":"a","heartbeats":{}})",
        R"({"client_id":"a","heartbeats":[]})", R"({"client_id":"a","heartbeat":{"measured_at":-5}})",
        R"({"client_id":"a","heartbeat":{"measured_at":1e300}})",
        R"({"client_id":"a","heartbeat":{"link":{"rx_bytes":-1}}})",
        R"({"client_id":"a","heartbeat":{"exit_v4":{"address":"999.1.1.1"}}})",
        R"({"client_id":"a","heartbeat":{"interval_seconds":0}})"}) {
    EXPECT_EQ(status_of_body(body), 422U) << body;
  }
}

TEST(ReportBody, ReadsOurAgentsHeartbeatsAndTakesAwayWhatOnlyTheHubMaySay) {
  const auto report = read_report_body(
      R"({"client_id":"fra-1","heartbeats":[{"number":7,"agent":"other","kind":"sentinel","received_at":1,)"
      R"("connected_from":"10.0.0.1","measured_at":1795000000.25,"late":true,"interval_seconds":30,"newer_member":{},)"
      R"("exit_v4":{"routed":true,"address":"203.0.113.5","agreeing":2,"answered":3,"place":{"country_code":"XX"}},)"
      R"("paths":[{"target":"hub","sent":3,"received":3,"latency_milliseconds":12.5}]},{}]})");
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_TRUE(report->own);
  ASSERT_EQ(report->heartbeats.size(), 2U);
  const auto& heartbeat = report->heartbeats.front();
  EXPECT_EQ(heartbeat.number, 0U);
  EXPECT_EQ(heartbeat.agent, "");
  EXPECT_EQ(heartbeat.kind, model::HeartbeatKind::agent);
  EXPECT_EQ(heartbeat.received_at, base::Time{});
  EXPECT_FALSE(heartbeat.connected_from);
  EXPECT_TRUE(heartbeat.late);
  EXPECT_EQ(heartbeat.measured_at, base::Time(base::Milliseconds(1'795'000'000'250)));
  EXPECT_EQ(heartbeat.exit_v4->agreeing, 2U);
  EXPECT_FALSE(heartbeat.exit_v4->place);
  EXPECT_EQ(heartbeat.paths.front().latency_milliseconds, 12.5);
}

TEST(ReportBody, BoundsEveryListAndText) {
  json::array many;
  for (int i = 0; i < 33; ++i) many.push_back({{"target", "t"}});
  EXPECT_EQ(status_of_body(json::serialize(json::value{{"heartbeat", {{"paths", many}}}})), 422U);
  EXPECT_EQ(status_of_body(json::serialize(json::value{{"heartbeat", {{"note", std::string(501, 'x')}}}})), 422U);
  EXPECT_EQ(status_of_body(json::serialize(json::value{{"heartbeat", {{"version", std::string(257, 'x')}}}})), 422U);
  EXPECT_EQ(status_of_body(json::serialize(json::value{{"heartbeats", json::array(101, json::object())}})), 422U);
  EXPECT_EQ(status_of_body(json::serialize(json::value{{"heartbeats", json::array(100, json::object())}})), 200U);
}

TEST(ReportTime, ReadsTheFormsThatToolsWrite) {
  const auto at = base::from_unix_seconds(1'795'233'298);
  for (const auto* const text : {"2026-11-21T03:54:58+0000", "2026-11-21T03:54:58Z", "2026-11-21T05:54:58+02:00",
                                 "2026-11-21T03:54:58", "2026-11-20 22:24:58-05:30"}) {
    EXPECT_EQ(parse_report_time(text), at) << text;
  }
  EXPECT_EQ(parse_report_time("2026-11-21T03:54:58.250999+00:00"), at + base::Milliseconds(250));
  for (const auto* const text : {"", "2026", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T03:54:58+0",
                                 "2026-11-21T03:54:58Zx", "2026-11-21T03:54:58.Z", "-026-11-21T03:54:58Z"}) {
    EXPECT_EQ(parse_report_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(report_time(at + base::Milliseconds(7)), "2026-11-21T03:54:58.007+00:00");
}

}  // namespace davylamp::api
