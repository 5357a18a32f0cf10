#include "probe/http_client.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"
#include "probe/lookups.hpp"
#include "probe/testing/loopback.hpp"

namespace davylamp::probe {
namespace {

using testing::ok;
using testing::run;
using testing::WebStub;

class HttpClientTest : public ::testing::Test {
 protected:
  HttpQuestion question(const std::string& url) {
    HttpQuestion question;
    question.address = WebAddress::parse(url).value();
    question.within = base::Milliseconds{60'000};
    return question;
  }
  std::string failure(HttpQuestion question) {
    try {
      run(loop_, http_.ask(std::move(question)));
    } catch (const base::Failure& failure) {
      return failure.error().code;
    }
    return "none";
  }
  boost::asio::io_context loop_;
  HttpClient http_{loop_.get_executor(), {.agent = "test/1"}};
};

TEST_F(HttpClientTest, ReadsStatusHeadersAndBodyAlsoInChunks) {
  const WebStub web([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
  });
  const auto answer = run(loop_, http_.ask(question(web.url("/a?b=c"))));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.headers.at("x-one"), "1");
  EXPECT_EQ(answer.body, "hello!");
  EXPECT_TRUE(web.requests().at(0).starts_with("GET /a?b=c HTTP/1.1\r\n"));
}

TEST_F(HttpClientTest, AConnectionThatIsKeptIsUsedAgainAndReplacedWhenItWasClosed) {
  std::atomic<int> asked = 0;
  const WebStub web([&](const std::string&) { return ++asked == 3 ? "" : ok("yes"); });
  auto keep = question(web.url());
  keep.keep = true;
  keep.body = "{}";
  run(loop_, http_.ask(keep));
  run(loop_, http_.ask(keep));
  EXPECT_EQ(web.connections(), 1);
  EXPECT_EQ(run(loop_, http_.ask(keep)).body, "yes");
  EXPECT_EQ(web.connections(), 2);
}

TEST_F(HttpClientTest, WhatIsTooLongTooSlowOrNoHttpIsAFailure) {
  const WebStub large([](const std::string&) { return ok(std::string(70'000, 'x')); });
  EXPECT_EQ(failure(question(large.url())), "bad_answer");
  const WebStub other([](const std::string&) { return "SSH-2.0-x\r\n\r\n"; });
  EXPECT_EQ(failure(question(other.url())), "bad_answer");
  const WebStub slow([](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"; });
  auto soon = question(slow.url());
  soon.within = base::Milliseconds{50};
  EXPECT_EQ(failure(soon), "timeout");
}

TEST_F(HttpClientTest, NobodyThereAndNoAddressOfThatKindAreFailures) {
  std::string url;
  {
    url = WebStub([](const std::string&) { return ""; }).url();
  }
  EXPECT_EQ(failure(question(url)), "unreachable");
  auto v6 = question(url);
  v6.family = Family::v6;
  EXPECT_EQ(failure(v6), "no_address");
}

TEST_F(HttpClientTest, FollowsAsManyRedirectsAsAllowedAndNoneWithABody) {
  const WebStub web([](const std::string& request) -> std::string {
    if (request.find(" /there ") != std::string::npos) return ok("there");
    return "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
  });
  auto once = question(web.url("/here"));
  EXPECT_EQ(run(loop_, http_.ask(once)).status, 302U);
  once.redirects = 1;
  EXPECT_EQ(run(loop_, http_.ask(once)).body, "there");
  once.body = "{}";
  EXPECT_EQ(run(loop_, http_.ask(once)).status, 302U);
}

TEST_F(HttpClientTest, LooksUpTheExitWithProvidersThatBreak) {
  const WebStub web([](const std::string& request) -> std::string {
    if (request.starts_with("GET /json ")) return ok(R"({"ip":"9.9.9.9","country":"CH","org":"AS19281 Quad9"})");
    if (request.starts_with("GET /trace ")) return ok("ip=9.9.9.9\nloc=CH\n", "Connection: close\r\n");
    return ok(R"({"status":"fail","message":"private range"})");
  });
  const auto sources = read_lookup_sources(
      "ipinfo=" + web.url("/json") + ", cloudflare=" + web.url("/trace") + ",ip-api=" + web.url("/x"),
      WebAddress::parse("http://192.0.2.1").value());
  ASSERT_TRUE(sources);
  const auto exit = run(loop_, look_up_exit(http_, *sources, Family::v4, true));
  EXPECT_EQ(exit.address->to_string(), "9.9.9.9");
  EXPECT_EQ(exit.agreeing, 2U);
  EXPECT_EQ(exit.answers.at(2).error, "the provider says: private range");
  const auto none = run(loop_, look_up_exit(http_, *sources, Family::v6, true));
  EXPECT_EQ(none.answered, 0U);
  EXPECT_TRUE(none.answers.at(0).error);
}

TEST(LookupSources, AreNamedAndTheHubIsAskedAtItsOwnAddress) {
  const auto hub = WebAddress::parse("https://hub.example.org/base").value();
  const auto sources = read_lookup_sources("hub", hub);
  ASSERT_TRUE(sources);
  EXPECT_EQ(sources->at(0).v6->path, "/base/api/v1/my-address");
  EXPECT_FALSE(read_lookup_sources("hub,google", hub));
  EXPECT_FALSE(read_lookup_sources("ipinfo=nowhere", hub));
  EXPECT_TRUE(read_lookup_sources("", hub)->empty());
}

}  // namespace
}  // namespace davylamp::probe
