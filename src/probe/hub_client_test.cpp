#include "probe/hub_client.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"
#include "probe/signature.hpp"
#include "probe/testing/loopback.hpp"

namespace davylamp::probe {
namespace {

using testing::ok;
using testing::run;
using testing::WebStub;

std::string header(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

class HubClientTest : public ::testing::Test {
 protected:
  Delivery deliver(const WebStub& web, std::size_t reports = 1) {
    hub_.emplace(http_, clock_, HubClient::Options{WebAddress::parse(web.url()).value(), "secret", "office"});
    std::vector<QueuedReport> queued;
    for (std::size_t i = 0; i < reports; ++i) queued.push_back({"boot-" + std::to_string(i + 1), 0, {}});
    return run(loop_, hub_->deliver(std::move(queued)));
  }
  Delivery answered(const std::string& status, const std::string& headers = "") {
    const WebStub web([&](const std::string&) {
      return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
    });
    return deliver(web);
  }
  boost::asio::io_context loop_;
  HttpClient http_{loop_.get_executor(), {.agent = "test/1"}};
  base::ManualClock clock_;
  std::optional<HubClient> hub_;
};

TEST_F(HubClientTest, SendsOneReportSignedWithTheToken) {
  const WebStub web([](const std::string&) { return ok(R"({"status":"ok","address":"9.9.9.9"})"); });
  const auto delivery = deliver(web);
  EXPECT_EQ(delivery.outcome, Delivered::accepted);
  EXPECT_EQ(delivery.answer.address->to_string(), "9.9.9.9");
  const auto request = web.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /api/v1/keepalive HTTP/1.1\r\n"));
  EXPECT_EQ(header(request, "Authorization"), "Bearer secret");
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_TRUE(body.starts_with(R"({"client_id":"office","heartbeat":{)")) << body;
  const auto timestamp = header(request, "X-Davylamp-Timestamp");
  EXPECT_EQ(timestamp, "1795000000000");
  EXPECT_EQ(header(request, "X-Davylamp-Signature"),
            sign("secret", {timestamp, header(request, "X-Davylamp-Nonce"), body}));
}

TEST_F(HubClientTest, SendsManyReportsTogether) {
  const WebStub web([](const std::string&) { return ok("{}"); });
  EXPECT_EQ(deliver(web, 3).outcome, Delivered::accepted);
  const auto request = web.requests().at(0);
  EXPECT_NE(request.find(R"({"client_id":"office","heartbeats":[{)"), std::string::npos);
}

TEST_F(HubClientTest, OnlyStatus200IsAnAcknowledgement) {
  EXPECT_EQ(answered("202 Accepted").outcome, Delivered::later);
  EXPECT_EQ(answered("302 Found").outcome, Delivered::later);
  EXPECT_EQ(answered("401 Unauthorized").outcome, Delivered::refused);
  EXPECT_EQ(answered("403 Forbidden").outcome, Delivered::refused);
  EXPECT_EQ(answered("422 Unprocessable Content").outcome, Delivered::unusable);
  EXPECT_EQ(answered("503 Service Unavailable").outcome, Delivered::later);
  const auto busy = answered("429 Too Many Requests", "Retry-After: 7\r\n");
  EXPECT_EQ(busy.outcome, Delivered::later);
  EXPECT_EQ(busy.not_before, base::Seconds{7});
}

TEST_F(HubClientTest, TakesTheClockOfAHubThatRefusesForTheTime) {
  const auto refused = answered("409 Conflict", "Date: Sat, 21 Nov 2026 16:20:00 GMT\r\n");
  EXPECT_EQ(refused.outcome, Delivered::wrong_time);
  EXPECT_LT(hub_->now() - *read_http_date("Sat, 21 Nov 2026 16:20:00 GMT"), base::Seconds{2});
  const WebStub web([](const std::string&) { return ok(R"({"server_time":1795000100})"); });
  EXPECT_EQ(deliver(web).outcome, Delivered::accepted);
  EXPECT_GE(hub_->now(), base::from_unix_seconds(1'795'000'100));
}

TEST_F(HubClientTest, AHubThatIsAwayIsNoFailure) {
  std::optional<WebStub> gone(std::in_place, [](const std::string&) { return ""; });
  const auto delivery = deliver(*gone);
  EXPECT_EQ(delivery.outcome, Delivered::later);
  EXPECT_FALSE(delivery.why.empty());
}

TEST_F(HubClientTest, TradesAOneTimeTokenForItsOwn) {
  const WebStub web([](const std::string& request) -> std::string {
    if (request.find(R"({"one_time_token":"once","client_id":"office"})") != std::string::npos)
      return ok(R"({"name":"office","token":"mine"})", "Connection: close\r\n");
    return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  });
  const auto place = WebAddress::parse(web.url()).value();
  EXPECT_EQ(run(loop_, enrol(http_, place, "once", "office")).token, "mine");
  EXPECT_THROW(run(loop_, enrol(http_, place, "used", "office")), base::Failure);
}

}  // namespace
}  // namespace davylamp::probe
