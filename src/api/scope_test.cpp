#include "api/scope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/live_frames.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"
#include "api/scoped_users.hpp"
#include "api/testing/api_under_test.hpp"
#include "api/testing/sample.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_closed;
using testing::sample_event;
using testing::sample_server;
using testing::sample_session;

// What somebody who sees the servers "fra-*" must never read.
constexpr std::string_view hidden_server = "ber-9";
constexpr std::string_view hidden_user = "zeno";

const std::vector<model::ServerGroup> groups{{"europe", {"fra-*", "par-1"}}, {"asia", {"hkg-1"}}};

model::Incident incident(std::uint64_t id, const std::string& subject) {
  model::Incident incident;
  incident.id = id;
  incident.key = "server_down " + subject;
  incident.condition = model::ConditionKind::server_down;
  incident.subject = subject;
  incident.state = model::IncidentState::firing;
  incident.since_at = testing::sample_now;
  return incident;
}

model::Event event_on(std::uint64_t id, std::string_view server, std::string_view user) {
  auto event = sample_event(id);
  event.server = server;
  event.user = user;
  event.text = std::string(user) + " connected to " + std::string(server);
  return event;
}

// Two servers, one of which the caller does not see.
class ScopedApi : public testing::ApiUnderTest {
 public:
  ScopedApi() {
    const std::string server(hidden_server);
    const std::string user(hidden_user);
    rows->sessions = {sample_session({.id = 1}), sample_closed({.id = 2}),
                      sample_session({.id = 3, .user = user, .server = server}),
                      sample_closed({.id = 4, .user = user, .server = server}),
                      sample_closed({.id = 5, .user = "alice", .server = server})};
    rows->servers = {sample_server("fra-1"), sample_server(server)};
    rows->events = {event_on(9, hidden_server, hidden_user), event_on(8, "fra-1", "alice"), event_on(7, "", "")};
    rows->incidents.items = {incident(21, server), incident(20, "fra-1")};
    rows->users = {{.user = user}, {.user = "alice"}};
    accounts->groups = {{"europe", groups[0]}};
  }
  void become_scoped(model::Role role) {
    add_account("scoped", role);
    accounts->accounts["scoped"].scope = {"europe"};
    reload();
    cookies.clear();
    login("scoped", password);
  }
};

std::string path_for(const Route& route) {
  std::string path(route.path);
  const auto replace = [&](std::string_view part, std::string_view with) {
    const auto at = path.find(part);
    if (at != std::string::npos) path.replace(at, part.size(), with);
  };
  const bool is_incident = path.find("/incidents/") != std::string::npos;
  replace("{id}", is_incident ? "21" : "3");
  replace("{user}", hidden_user);
  replace("{name}", hidden_server);
  return path;
}

// What the routes that look at the scope answer when they are asked for what is hidden.
unsigned expected_status(const Route& route) {
  if (route.path.find('{') != std::string_view::npos) return 404;
  return route.function == get_live ? 426 : 200;
}

void expect_nothing_hidden(const Route& route, const Response& response) {
  EXPECT_THAT(response.body, Not(HasSubstr(hidden_server))) << route.path;
  // A path may be said back.
  if (route.path.find('{') == std::string_view::npos)
    EXPECT_THAT(response.body, Not(HasSubstr(hidden_user))) << route.path;
}

}  // namespace

TEST(Scope, SeesTheServersOfItsGroupsByNameAndByPrefix) {
  const Scope scope({"europe"}, groups);
  EXPECT_TRUE(scope.sees("fra-1"));
  EXPECT_TRUE(scope.sees("fra-"));
  EXPECT_TRUE(scope.sees("par-1"));
  EXPECT_FALSE(scope.sees("par-10"));
  EXPECT_FALSE(scope.sees("hkg-1"));
  EXPECT_FALSE(scope.sees(""));
}

TEST(Scope, WithoutGroupsItIsEverythingAndWithUnknownOnesNothing) {
  EXPECT_TRUE(Scope().sees("any"));
  EXPECT_TRUE(Scope({}, groups).is_everything());
  const Scope gone({"gone"}, groups);
  EXPECT_FALSE(gone.is_everything());
  EXPECT_FALSE(gone.sees("fra-1"));
  EXPECT_NE(gone.key(), Scope().key());
}

TEST(Scope, NarrowsAQueryAndNeverToAll) {
  const Scope scope({"europe"}, groups);
  EXPECT_THAT(scope.narrow({}, {"fra-1", "hkg-1"}), ElementsAre("fra-1"));
  EXPECT_THAT(scope.narrow({"hkg-1", "par-1"}, {}), ElementsAre("par-1"));
  EXPECT_EQ(scope.narrow({"hkg-1"}, {}).size(), 1U) << "an empty list would ask for every server";
  EXPECT_THAT(scope.narrow({"hkg-1"}, {}), Not(ElementsAre("hkg-1")));
  EXPECT_TRUE(Scope().narrow({}, {"fra-1"}).empty());
}

TEST(Scope, SeesIncidentsOfItsServersOnly) {
  const Scope scope({"europe"}, groups);
  EXPECT_TRUE(scope.sees(incident(1, "fra-1")));
  EXPECT_FALSE(scope.sees(incident(1, "hkg-1")));
  auto of_user = incident(1, "fra-1");
  of_user.condition = model::ConditionKind::quota_near;
  EXPECT_FALSE(scope.sees(of_user)) << "a user who is called as a server is";
}

TEST(ScopedUsers, AreSummedFromSessions) {
  const std::vector sessions{sample_session({.id = 1}), sample_closed({.id = 2}),
                             sample_closed({.id = 3, .user = "bob"})};
  const auto page = users_of(sessions, {.sort = contract::UserSort::sessions});
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].user, "alice");
  EXPECT_EQ(page.items[0].sessions, 2U);
  EXPECT_EQ(page.items[0].open_sessions, 1U);
  EXPECT_EQ(page.items[0].rx_bytes, sessions[0].rx_bytes + sessions[1].rx_bytes);
  EXPECT_EQ(users_of(sessions, {.text = "BO"}).total, 1U);
}

TEST(ScopedRoutes, EveryRouteHasARule) {
  for (const auto& route : routes()) {
    EXPECT_TRUE(scope_rule(route.function)) << method_name(route.method) << " " << route.path
                                            << ": decide in scoped_routes.cpp what somebody gets who sees only some "
                                               "servers";
  }
}

TEST(ScopedRoutes, EveryRouteKeepsTheServersOfOthersToItself) {
  for (const auto& route : routes()) {
    ScopedApi api;
    api.become_scoped(route.access == Access::auditor ? model::Role::auditor : model::Role::admin);
    auto request = api.request(route.method, path_for(route));
    if (route.method != Method::get) {
      request.headers["content-type"] = "application/json";
      request.body = "{}";
    }
    const auto response = api.send(std::move(request));
    const auto rule = scope_rule(route.function).value_or(ScopeRule::refused);
    if (rule == ScopeRule::refused) {
      EXPECT_EQ(response.status, 403U) << route.path;
      EXPECT_THAT(response.body, HasSubstr("outside-scope")) << route.path;
    } else if (rule == ScopeRule::empty) {
      EXPECT_EQ(response.status, 200U) << route.path;
    } else if (rule == ScopeRule::narrowed) {
      EXPECT_EQ(response.status, expected_status(route)) << route.path << " " << response.body;
    }
    expect_nothing_hidden(route, response);
    EXPECT_TRUE(api.issued.empty() || rule == ScopeRule::open || api.issued.size() == 1U) << route.path;
  }
}

TEST(ScopedRoutes, ShowWhatIsSeen) {
  ScopedApi api;
  api.become_scoped(model::Role::operator_);
  EXPECT_THAT(api.get("/api/v1/sessions", {{"state", "all"}}).body, HasSubstr("\"total\":2"));
  EXPECT_THAT(api.get("/api/v1/sessions", {{"state", "all"}, {"server", "ber-9"}}).body, HasSubstr("\"total\":0"));
  EXPECT_EQ(api.get("/api/v1/sessions/1").status, 200U);
  EXPECT_EQ(api.get("/api/v1/sessions/4").status, 404U);
  EXPECT_THAT(api.get("/api/v1/users").body, HasSubstr("alice"));
  EXPECT_THAT(api.get("/api/v1/users/alice").body, Not(HasSubstr("ber-9")));
  EXPECT_THAT(api.get("/api/v1/events").body, HasSubstr("alice connected to fra-1"));
  EXPECT_THAT(api.get("/api/v1/incidents").body, HasSubstr("fra-1"));
  EXPECT_EQ(api.get("/api/v1/incidents/20").status, 200U);
  EXPECT_THAT(api.get("/api/v1/stats").body, HasSubstr("\"open_sessions\":1"));
  api.get("/api/v1/attempts");
  EXPECT_THAT(api.rows->last_attempts.servers, ElementsAre("fra-1"));
  api.get("/api/v1/history", {{"server", "fra-1,ber-9"}});
  EXPECT_THAT(api.rows->last_history.servers, ElementsAre("fra-1"));
}

TEST(ScopedRoutes, WhoseGroupsAreGoneSeesNothing) {
  ScopedApi api;
  api.become_scoped(model::Role::viewer);
  api.accounts->groups.clear();
  EXPECT_THAT(api.get("/api/v1/servers").body, Not(HasSubstr("fra-1")));
  EXPECT_THAT(api.get("/api/v1/sessions", {{"state", "all"}}).body, HasSubstr("\"total\":0"));
}

TEST(ScopedFrames, TellOfTheServersThatAreSeen) {
  LiveView view;
  const auto hidden = sample_session({.id = 2, .user = std::string(hidden_user), .server = std::string(hidden_server)});
  view.reset({sample_session({.id = 1}), hidden}, {sample_server("fra-1"), sample_server(std::string(hidden_server))},
             {event_on(1, hidden_server, hidden_user), event_on(2, "fra-1", "alice")});
  view.reset_alerting({}, {incident(5, std::string(hidden_server)), incident(6, "fra-1")});
  const Scope scope({"europe"}, groups);
  const FrameHead head{.number = 1, .at = testing::sample_now, .scope = &scope};
  const auto snapshot = write_snapshot(view, head);
  EXPECT_THAT(snapshot, Not(HasSubstr(hidden_server)));
  EXPECT_THAT(snapshot, HasSubstr("fra-1"));
  const auto whole = write_snapshot(view, {.number = 1, .at = testing::sample_now});
  EXPECT_THAT(whole, HasSubstr(hidden_server));

  PendingChanges pending;
  auto closed = sample_closed({.id = 77, .user = "alice", .server = std::string(hidden_server)});
  pending.note(model::SessionOpened{hidden});
  pending.note(model::SessionClosed{closed});
  pending.note(model::SessionsMoved{{{.id = 2}}});
  pending.note(model::ServerChanged{sample_server(std::string(hidden_server))});
  pending.note(model::EventHappened{event_on(3, hidden_server, hidden_user)});
  pending.note(model::IncidentChanged{incident(5, std::string(hidden_server))});
  const auto frame = pending.write(view, head);
  EXPECT_EQ(frame, "{\"kind\":\"changes\",\"number\":1,\"at\":1795000000}");
  EXPECT_THAT(pending.write(view, {.number = 1, .at = testing::sample_now}), HasSubstr("\"id\":77"));
}

}  // namespace davylamp::api
