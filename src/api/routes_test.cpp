#include "api/routes.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/json.hpp>

#include "api/testing/api_under_test.hpp"
#include "api/testing/golden.hpp"
#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using base::Seconds;
using testing::ApiUnderTest;
using testing::expect_golden;
using testing::header;
using testing::sample_closed;
using testing::sample_event;
using testing::sample_now;
using testing::sample_server;
using testing::sample_session;

class Routes : public ::testing::Test {
 protected:
  Routes() {
    auto& rows = *api_.rows;
    rows.sessions = {sample_session({.id = 41}),
                     sample_session({.id = 42, .user = "bob, \"the builder\"", .country_code = "FR"}),
                     sample_session({.id = 43, .server = "hel-1", .country_code = ""}),
                     sample_session({.id = 44, .user = "chika", .server = "hel-1", .country_code = "JP"}),
                     sample_closed({.id = 1}),
                     sample_closed({.id = 2}),
                     sample_closed({.id = 3, .user = "chika"})};
    rows.servers = {sample_server("fra-1"), sample_server("hel-1")};
    rows.servers.back().lab = true;
    rows.events = {sample_event(3), sample_event(2), sample_event(1)};
    rows.totals = {1'000'000, 5'000'000, 12};
    rows.traffic = {60, {{sample_now - Seconds(120), 100, 200}, {sample_now - Seconds(60), 300, 400}}};
    rows.endpoints = {
        {testing::address("198.51.100.42"), 40'041, sample_session({}).place, sample_now - Seconds(3'600), sample_now}};
    rows.users = {{"alice", 3, 0, 9'000, 45'000, sample_now - Seconds(86'400), sample_now, "DE"},
                  {"chika", 2, 0, 3'000, 15'000, sample_now - Seconds(3'600), sample_now, "JP"}};
    const auto yesterday = base::floor_to(sample_now - Seconds(86'400), Seconds(60));
    rows.history = {{yesterday, 6'000, 60'000, 9}, {sample_now - Seconds(1'200), 1'000, 2'000, 3}};
    api_.add_account("ann", model::Role::viewer);
    api_.reload();
    api_.login("ann", api_.password);
  }
  boost::json::value json(const std::string& path, std::map<std::string, std::string> query = {}) {
    const auto response = api_.get(path, std::move(query));
    EXPECT_EQ(response.status, 200U) << response.body;
    return boost::json::parse(response.body);
  }
  std::vector<std::int64_t> ids(const boost::json::value& page) {
    std::vector<std::int64_t> all;
    for (const auto& item : page.at("items").as_array()) all.push_back(item.at("id").as_int64());
    return all;
  }
  ApiUnderTest api_;
};

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_F(Routes, AnswerAsTheGoldenFilesSay) {
  expect_golden("about", api_.get("/api/v1/about").body);
  expect_golden("me", api_.get("/api/v1/me").body);
  expect_golden("sessions", api_.get("/api/v1/sessions").body);
  expect_golden("sessions-closed", api_.get("/api/v1/sessions", {{"state", "closed"}}).body);
  expect_golden("session", api_.get("/api/v1/sessions/41").body);
  expect_golden("users", api_.get("/api/v1/users").body);
  expect_golden("user", api_.get("/api/v1/users/alice").body);
  expect_golden("servers", api_.get("/api/v1/servers").body);
  expect_golden("stats", api_.get("/api/v1/stats").body);
  expect_golden("map", api_.get("/api/v1/map").body);
  expect_golden("history", api_.get("/api/v1/history").body);
  expect_golden("events", api_.get("/api/v1/events").body);
  expect_golden("problem", api_.get("/api/v1/sessions/9999").body);
}

TEST_F(Routes, NeedALoginExceptAboutAndLogin) {
  api_.cookies.clear();
  for (const auto& route : routes()) {
    auto path = std::string(route.path);
    if (const auto part = path.find('{'); part != std::string::npos) path.replace(part, path.find('}') - part + 1, "1");
    const auto status = api_.send(api_.request(route.method, path)).status;
    if (route.access == Access::anyone) {
      // No identity provider is configured here.
      EXPECT_EQ(status == 404U, path.starts_with("/api/v1/oidc/")) << path;
    } else {
      EXPECT_EQ(status, 401U) << path;
    }
  }
}

TEST_F(Routes, KnowUnknownPathsAndWrongMethods) {
  EXPECT_EQ(api_.get("/api/v1/nothing").status, 404U);
  EXPECT_EQ(api_.get("/api/v1/sessions/").status, 404U);
  const auto wrong = api_.post("/api/v1/sessions");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(header(wrong, "Allow"), "GET, HEAD");
  EXPECT_EQ(header(api_.get("/api/v1/auth/login"), "Allow"), "POST");
  EXPECT_EQ(api_.send(api_.request(Method::head, "/api/v1/me")).status, 200U);
}

TEST_F(Routes, NameEveryBadParameterAtOnce) {
  const auto response =
      api_.get("/api/v1/sessions", {{"limit", "0"}, {"sort", "-size"}, {"state", "half"}, {"serer", "x"}});
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  for (const auto* part :
       {"limit: \\\"0\\\" is not a whole number between 1 and 1000", "sort: \\\"-size\\\" is not one of user, server",
        "state: \\\"half\\\" is not one of open, closed, all", "\\\"serer\\\": unknown parameter"}) {
    EXPECT_NE(response.body.find(part), std::string::npos) << part << "\n" << response.body;
  }
}

TEST_F(Routes, RefuseHostileParameters) {
  EXPECT_EQ(api_.get("/api/v1/sessions", {{"q", std::string(513, 'a')}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/sessions", {{"limit", "-1"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/sessions", {{"limit", "99999999999999999999999"}}).status, 400U);
  for (const auto* cursor : {"x", "o", "c", "o!!!", "oe30"}) {
    EXPECT_EQ(api_.get("/api/v1/sessions", {{"cursor", cursor}}).status, 400U) << cursor;
  }
  EXPECT_EQ(api_.get("/api/v1/sessions", {{"state", "closed"}, {"cursor", "cx"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/sessions/41%20").status, 404U);
}

TEST_F(Routes, ListOpenSessionsByDefaultTheBusiestFirst) {
  EXPECT_EQ(ids(json("/api/v1/sessions")), (Ids{44, 43, 42, 41}));
  EXPECT_EQ(ids(json("/api/v1/sessions", {{"sort", "tx_bps"}, {"server", "hel-1"}})), (Ids{43, 44}));
  EXPECT_EQ(ids(json("/api/v1/sessions", {{"country", "fr, jp"}, {"q", ""}})), (Ids{44, 42}));
  EXPECT_EQ(ids(json("/api/v1/sessions", {{"user", "bob, \"the builder\""}})), (Ids{42}));
}

TEST_F(Routes, PageThroughOpenAndThenClosedSessionsWithOneCursor) {
  for (const auto* limit : {"1", "2", "3", "4", "5", "7", "100"}) {
    Ids seen;
    std::map<std::string, std::string> query{{"state", "all"}, {"limit", limit}};
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = json("/api/v1/sessions", query);
      EXPECT_EQ(page.at("total").as_int64(), 7) << limit;
      for (const auto id : ids(page)) seen.push_back(id);
      const auto* next = page.as_object().if_contains("next_cursor");
      if (next == nullptr) break;
      query["cursor"] = std::string(next->as_string());
    }
    EXPECT_EQ(seen, (Ids{44, 43, 42, 41, 1, 2, 3})) << limit;
  }
}

TEST_F(Routes, ShowASessionWithThePastOfItsUser) {
  const auto open = json("/api/v1/sessions/41");
  EXPECT_EQ(open.at("past").as_array().size(), 2U);
  EXPECT_EQ(open.at("past_total").as_int64(), 2);
  const auto closed = json("/api/v1/sessions/1");
  EXPECT_EQ(closed.at("past").as_array().size(), 1U);
  EXPECT_EQ(closed.at("past_total").as_int64(), 1);
}

TEST_F(Routes, CountTheOpenSessionsOfAUser) {
  const auto users = json("/api/v1/users");
  EXPECT_EQ(users.at("items").at(0).at("open_sessions").as_int64(), 2);
  EXPECT_EQ(json("/api/v1/users/bob, \"the builder\"").at("user").at("sessions").as_int64(), 1);
  EXPECT_EQ(api_.get("/api/v1/users/no/body").status, 404U);
}

TEST_F(Routes, SumUpOpenSessions) {
  const auto stats = json("/api/v1/stats", {{"server", "hel-1"}});
  EXPECT_EQ(stats.at("open_sessions").as_int64(), 2);
  EXPECT_EQ(stats.at("open_users").as_int64(), 2);
  EXPECT_EQ(stats.at("countries").as_int64(), 1);
  EXPECT_EQ(stats.at("tx_bps").as_int64(), 4'000 * (43 + 44));
  EXPECT_EQ(stats.at("day_before").at("tx_bps").as_int64(), 8'000);
  EXPECT_EQ(json("/api/v1/map").at("without_location").as_int64(), 1);
}

TEST_F(Routes, CountTodayFromWhereThePageSaysItBegan) {
  json("/api/v1/stats");
  EXPECT_EQ(api_.rows->totals_from, base::floor_to(sample_now, Seconds(86'400)));
  EXPECT_EQ(json("/api/v1/stats", {{"since", "1794990000"}}).at("today").at("since_at").as_int64(), 1'794'990'000);
  EXPECT_EQ(api_.rows->totals_from, base::from_unix_seconds(1'794'990'000));
  EXPECT_EQ(api_.get("/api/v1/stats", {{"since", "1795000001"}}).status, 400U);
}

TEST_F(Routes, StepHistoryByItsLength) {
  const std::map<std::string, std::int64_t> steps{{"1", 60},     {"6", 60},      {"7", 300},     {"48", 300},
                                                  {"49", 3'600}, {"744", 3'600}, {"745", 86'400}};
  for (const auto& [hours, step] : steps) {
    EXPECT_EQ(json("/api/v1/history", {{"hours", hours}}).at("step_seconds").as_int64(), step) << hours;
  }
  const auto day = json("/api/v1/history");
  EXPECT_EQ(day.at("points").as_array().size(), 1U);
  EXPECT_EQ(day.at("previous").as_array().size(), 1U);
  EXPECT_EQ(api_.rows->last_history.to, sample_now - Seconds(86'400));
}

TEST_F(Routes, PageEventsBackwards) {
  const auto first = json("/api/v1/events", {{"limit", "2"}});
  EXPECT_EQ(ids(first), (Ids{3, 2}));
  const auto second = json("/api/v1/events", {{"limit", "2"}, {"before", "2"}});
  EXPECT_EQ(ids(second), (Ids{1}));
  EXPECT_FALSE(second.as_object().contains("next_before"));
}

TEST_F(Routes, OpenTheLiveStreamForWhoIsSignedIn) {
  const auto open = [&](const std::string& path) {
    return testing::run(api_.loop, api_.service.open_live(api_.request(Method::get, path)));
  };
  auto live = open("/api/v1/live");
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<LiveConnection>>(live));
  const auto text = testing::run(api_.loop, std::get<1>(live)->next());
  EXPECT_TRUE(text->starts_with(R"({"kind":"snapshot","number":0,)"));
  EXPECT_EQ(std::get<Response>(open("/api/v1/other")).status, 404U);
  EXPECT_EQ(api_.get("/api/v1/live").status, 426U);
  api_.cookies.clear();
  EXPECT_EQ(std::get<Response>(open("/api/v1/live")).status, 401U);
}

TEST_F(Routes, LoseNoChangeThatComesWhileTheViewIsMadeAnew) {
  boost::asio::io_context& loop = api_.loop;
  loop.restart();
  auto done = boost::asio::co_spawn(loop, api_.service.reload(), boost::asio::use_future);
  loop.poll();
  api_.service.apply(
      {model::SessionOpened{sample_session({.id = 50})}, model::SessionClosed{sample_closed({.id = 41})}});
  loop.run();
  done.get();
  EXPECT_NE(api_.service.view().session(50), nullptr);
  EXPECT_EQ(api_.service.view().session(41), nullptr);
}

TEST_F(Routes, StopRunningWhenCancelled) {
  boost::asio::cancellation_signal stop;
  bool ended = false;
  api_.loop.restart();
  boost::asio::co_spawn(
      api_.loop, api_.service.run(),
      boost::asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr&) { ended = true; }));
  api_.loop.poll();
  EXPECT_FALSE(ended);
  stop.emit(boost::asio::cancellation_type::terminal);
  api_.loop.run();
  EXPECT_TRUE(ended);
}

}  // namespace davylamp::api
