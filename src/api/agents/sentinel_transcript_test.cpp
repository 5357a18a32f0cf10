// What clients of VPN Sentinel really asked its server, asked again of this one.
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/reports_under_test.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view recorded_key = "test-api-key-abcdef123456";

// A recorded request, as the transport hands it on.
Request parse_recorded(std::string_view text, const testing::ReportsUnderTest& hub) {
  const auto end = text.find("\r\n\r\n");
  const auto lines = base::split(text.substr(0, end), '\n');
  const auto words = base::split(lines.front(), ' ');
  const auto method = words[0] == "POST" ? Method::post : words[0] == "HEAD" ? Method::head : Method::get;
  auto request = hub.request(method, std::string(words[1]));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    request.headers[base::to_lower(lines[i].substr(0, colon))] = base::trim(lines[i].substr(colon + 1));
  }
  request.body = text.substr(end + 4);
  return request;
}

// What this hub answers where it means to differ from the recorded server.
unsigned expected(const std::string& name, unsigned recorded) {
  if (name == "status-lowercase-scheme") return 200;  // RFC 9110, 11.1: a scheme has no case
  if (name == "keepalive-noid" || name == "keepalive-xss" || name == "keepalive-badip") return 422;
  if (name == "keepalive-loc-string") return 422;
  if (name == "keepalive-wrong-ct") return 415;
  return recorded;
}

}  // namespace

TEST(SentinelTranscript, IsAnsweredAsItsOwnServerDid) {
  const auto corpus = testing::sentinel_corpus();
  if (corpus.empty()) GTEST_SKIP() << "there is no corpus";
  testing::ReportsUnderTest hub({.shared_key = std::string(recorded_key), .rate = {.per_minute = 600, .burst = 600}});
  hub.clock.set(base::from_unix_seconds(1'795'234'137));  // when it was recorded
  std::size_t asked = 0;
  for (const auto line : base::split(testing::read_file(corpus / "server-f7a8088-transcript.jsonl"), '\n')) {
    if (line.empty()) continue;
    const auto record = boost::json::parse({line.data(), line.size()});
    const std::string name(record.at("name").as_string());
    if (!record.as_object().contains("request") || name.starts_with("ratelimit")) continue;
    const auto request = parse_recorded(std::string(record.at("request").as_string()), hub);
    if (!ReportService::takes(request)) continue;
    const auto status = base::split(std::string_view(record.at("status").as_string()), ' ').at(1);
    const auto response = hub.send(request);
    EXPECT_EQ(response.status, expected(name, base::parse_number<unsigned>(status).value_or(0))) << name;
    ++asked;
    if (response.status != 200 || request.method != Method::post) continue;
    const auto body = boost::json::parse(response.body);
    EXPECT_EQ(body.at("status"), "ok");
    EXPECT_EQ(body.at("message"), "Keepalive received");
  }
  EXPECT_GT(asked, 20U);
  EXPECT_GT(hub.journal->heartbeats.size(), 6U);
}

TEST(SentinelTranscript, TheSampleKeepalivesOfTheOtherGenerationAreTaken) {
  const auto corpus = testing::sentinel_corpus();
  if (corpus.empty()) GTEST_SKIP() << "there is no corpus";
  testing::ReportsUnderTest hub;
  const auto samples = boost::json::parse(testing::read_file(corpus / "sample_data.json"));
  for (const auto* const name : {"SAMPLE_KEEPALIVE_REQUEST", "SAMPLE_VPN_CLIENT", "SAMPLE_SAME_IP_CLIENT"}) {
    auto report = hub.report(boost::json::serialize(samples.at(name)), {});
    report.headers["x-api-key"] = hub.shared_key;
    EXPECT_EQ(hub.send(report).status, 200U) << name;
  }
  EXPECT_EQ(hub.journal->heartbeats.size(), 3U);
}

}  // namespace davylamp::api
