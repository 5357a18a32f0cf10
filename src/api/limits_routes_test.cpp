// Laying down limits, and what eases them: each call, each refusal, each line of the audit log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "api/testing/api_under_test.hpp"
#include "api/testing/golden.hpp"
#include "api/testing/sample_limits.hpp"

namespace davylamp::api {
namespace {

using model::LimitSubject;
using model::Role;
using ::testing::HasSubstr;
using testing::sample_limit;
using testing::sample_now;

const std::string new_limit =
    R"({"subject":"alice","direction":"down","bytes":1000,"period":{"kind":"month","zone":"Europe/Berlin"},)"
    R"("thresholds":[80,50,80],"note":"as agreed"})";
const std::string until_tomorrow = std::to_string(1'795'000'000 + 86'400);

class LimitRoutes : public ::testing::Test {
 protected:
  LimitRoutes() {
    auto& limits = api_.limits->limits;
    limits.groups = {{"staff", {"alice", "bob"}, "people of the house"}};
    limits.limits = {sample_limit(1, LimitSubject::user, "alice"), sample_limit(2, LimitSubject::each, "staff")};
    limits.grants = {{7, 1, "", 5'000, sample_now, sample_now + base::Seconds(60), "a film", "root", 0}};
    limits.blocks = {{"eve", std::nullopt, "left the company", "root", sample_now}};
    api_.limits->last_id = 10;
    api_.become(Role::admin);
    api_.issued.clear();
  }
  const model::AuditEntry& last_audit() const { return api_.limits->audit.back(); }
  bool told_of_change() const {
    return api_.issued.size() == 1 && std::holds_alternative<model::LimitsChanged>(api_.issued.front().order);
  }
  void expect_422(const Response& response, const std::string& member) {
    EXPECT_EQ(response.status, 422U) << response.body;
    const auto problem = boost::json::parse(response.body);
    EXPECT_TRUE(problem.at("members").as_object().contains(member)) << response.body;
    EXPECT_TRUE(api_.issued.empty());
    EXPECT_TRUE(api_.limits->audit.empty());
  }
  testing::ApiUnderTest api_;
};

}  // namespace

TEST_F(LimitRoutes, ShowAllThatIsLaidDown) {
  api_.become(Role::viewer);
  testing::expect_golden("limits", api_.get("/api/v1/limits").body);
}

TEST_F(LimitRoutes, LayDownALimitAndTellOfIt) {
  auto sent = api_.request(Method::post, "/api/v1/limits", {{"reason", "new contract"}});
  sent.headers["content-type"] = "application/json";
  sent.body = new_limit;
  const auto response = api_.send(std::move(sent));
  EXPECT_EQ(response.status, 201U) << response.body;
  const auto limit = boost::json::parse(response.body);
  EXPECT_EQ(limit.at("id").as_int64(), 11);
  EXPECT_EQ(limit.at("created_by").as_string(), "a-admin");
  EXPECT_EQ(boost::json::serialize(limit.at("thresholds")), "[50,80]");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().account, "a-admin");
  EXPECT_EQ(last_audit().action, "limit_added");
  EXPECT_EQ(last_audit().subject, "alice");
  EXPECT_EQ(last_audit().remote_address, "192.0.2.7");
  EXPECT_EQ(last_audit().reason, "new contract [1000 bytes down, month]");
  EXPECT_EQ(last_audit().at, sample_now);
}

TEST_F(LimitRoutes, IgnoreWhatACallerSaysOfIdAndMaker) {
  const auto response =
      api_.post("/api/v1/limits", R"({"id":1,"created_at":5,"created_by":"eve","subject":"alice","bytes":1})");
  EXPECT_EQ(response.status, 201U) << response.body;
  EXPECT_EQ(api_.limits->limits.limits.back().id, 11U);
  EXPECT_EQ(api_.limits->limits.limits.back().created_by, "a-admin");
  EXPECT_EQ(api_.limits->limits.limits.back().created_at, sample_now);
}

TEST_F(LimitRoutes, CountALimitThatHoldsOnceFromNowOn) {
  EXPECT_EQ(api_.post("/api/v1/limits", R"({"subject":"alice","bytes":1,"period":{"kind":"once"}})").status, 201U);
  EXPECT_EQ(api_.limits->limits.limits.back().period.starts_at, sample_now);
  ASSERT_EQ(api_.limits->limits.resets.size(), 1U);
  EXPECT_EQ(api_.limits->limits.resets[0].limit_id, 11U);
}

TEST_F(LimitRoutes, NameEveryBadMember) {
  const std::map<std::string, std::string> bad{
      {R"({"bytes":1})", "subject"},
      {R"({"subject":"a"})", "bytes"},
      {R"({"subject":"a","bytes":9007199254740992})", "bytes"},
      {R"({"subject":"a","bytes":-1})", "bytes"},
      {R"({"subject":"a","bytes":1,"period":{"zone":"Mars/Olympus"}})", "period.zone"},
      {R"({"subject":"a","bytes":1,"period":{"zone":"../etc/passwd"}})", "period.zone"},
      {R"({"subject":"a","bytes":1,"period":{"kind":"rolling","days":0}})", "period.days"},
      {R"({"subject":"a","bytes":1,"period":{"kind":"anniversary","anchor_day":32}})", "period.anchor_day"},
      {R"({"subject":"a","bytes":1,"period":{"kind":"once","starts_at":9,"ends_at":9}})", "period.ends_at"},
      {R"({"subject":"a","bytes":1,"period":{"kind":"day","ends_at":9}})", "period.ends_at"},
      {R"({"subject":"a","bytes":1,"period":{"kind":"fortnight"}})", "period.kind"},
      {R"({"subject":"a","bytes":5,"buffer_bytes":5})", "buffer_bytes"},
      {R"({"subject":"a","bytes":1,"thresholds":[100]})", "thresholds"},
      {R"({"subject":"a","bytes":1,"enforce":false,"kernel_stop":true})", "kernel_stop"},
      {R"({"subject":"a","bytes":1,"colour":"red"})", "colour"},
      {R"({"subject":"nobody","subject_kind":"group","bytes":1})", "subject"},
      {R"({"subject":")" + std::string(513, 'a') + R"(","bytes":1})", "subject"},
      {R"({"subject":"a","bytes":1,"note":")" + std::string(501, 'a') + R"("})", "note"}};
  for (const auto& [body, member] : bad) {
    SCOPED_TRACE(body.substr(0, 80));
    expect_422(api_.post("/api/v1/limits", body), member);
    expect_422(api_.put("/api/v1/limits/1", body), member);
  }
}

TEST_F(LimitRoutes, RefuseABodyThatIsNoJson) {
  EXPECT_EQ(api_.post("/api/v1/limits", "{").status, 400U);
  auto form = api_.request(Method::post, "/api/v1/limits");
  form.headers["content-type"] = "text/plain";
  form.body = new_limit;
  EXPECT_EQ(api_.send(std::move(form)).status, 415U);
}

TEST_F(LimitRoutes, ChangeALimitButNotWhoMadeIt) {
  const auto response = api_.put("/api/v1/limits/1", new_limit);
  EXPECT_EQ(response.status, 200U) << response.body;
  EXPECT_EQ(api_.limits->limits.limits[0].bytes, 1'000U);
  EXPECT_EQ(api_.limits->limits.limits[0].created_by, "root");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().reason, "[limit 1: 1000 bytes down, month]");
  for (const auto* path : {"/api/v1/limits/99", "/api/v1/limits/x", "/api/v1/limits/18446744073709551616"}) {
    EXPECT_EQ(api_.put(path, new_limit).status, 404U) << path;
    EXPECT_EQ(api_.remove(path).status, 404U) << path;
  }
}

TEST_F(LimitRoutes, RemoveALimit) {
  EXPECT_EQ(api_.remove("/api/v1/limits/1", {{"reason", "no longer"}}).status, 204U);
  EXPECT_EQ(api_.limits->limits.limits.size(), 1U);
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().action, "limit_removed");
  EXPECT_EQ(last_audit().subject, "alice");
}

TEST_F(LimitRoutes, GrantMoreForAWhile) {
  api_.become(Role::operator_);
  const auto response =
      api_.post("/api/v1/limits/1/grants", R"({"bytes":5000,"until_at":)" + until_tomorrow + R"(,"reason":"a film"})");
  EXPECT_EQ(response.status, 201U) << response.body;
  EXPECT_EQ(boost::json::parse(response.body).at("granted_by").as_string(), "a-operator");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().subject, "alice");
  EXPECT_EQ(last_audit().reason, "a film [limit 1: 5000 bytes more]");
  api_.issued.clear();
  EXPECT_EQ(api_.remove("/api/v1/grants/11").status, 204U);
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().action, "grant_removed");
  EXPECT_EQ(api_.remove("/api/v1/grants/11").status, 404U);
}

TEST_F(LimitRoutes, GrantAMemberByName) {
  const auto tail = R"("bytes":1,"until_at":)" + until_tomorrow + "}";
  expect_422(api_.post("/api/v1/limits/2/grants", "{" + tail), "user");
  expect_422(api_.post("/api/v1/limits/2/grants", R"({"user":"mallory",)" + tail), "user");
  expect_422(api_.post("/api/v1/limits/1/grants", R"({"user":"bob",)" + tail), "user");
  EXPECT_EQ(api_.post("/api/v1/limits/2/grants", R"({"user":"bob",)" + tail).status, 201U);
  EXPECT_EQ(last_audit().subject, "bob");
  EXPECT_EQ(api_.limits->limits.grants.back().user, "bob");
  EXPECT_EQ(api_.post("/api/v1/limits/1/grants", R"({"user":"alice",)" + tail).status, 201U);
  EXPECT_EQ(api_.limits->limits.grants.back().user, "");
  EXPECT_EQ(api_.post("/api/v1/limits/9/grants", "{" + tail).status, 404U);
}

TEST_F(LimitRoutes, RefuseGrantsThatAreOverOrNothing) {
  expect_422(api_.post("/api/v1/limits/1/grants", R"({"bytes":1,"until_at":1795000000})"), "until_at");
  expect_422(api_.post("/api/v1/limits/1/grants", R"({"bytes":1,"until_at":9795000000})"), "until_at");
  expect_422(api_.post("/api/v1/limits/1/grants", R"({"bytes":0,"until_at":)" + until_tomorrow + "}"), "bytes");
}

TEST_F(LimitRoutes, ForgiveWhatWasUsed) {
  api_.become(Role::operator_);
  EXPECT_EQ(api_.post("/api/v1/limits/2/reset", R"({"user":"bob","reason":"a mistake"})").status, 204U);
  EXPECT_TRUE(told_of_change());
  ASSERT_EQ(api_.limits->limits.resets.size(), 1U);
  EXPECT_EQ(api_.limits->limits.resets[0].user, "bob");
  EXPECT_EQ(api_.limits->limits.resets[0].at, sample_now);
  EXPECT_EQ(last_audit().action, "usage_reset");
  EXPECT_EQ(last_audit().reason, "a mistake [limit 2]");
  EXPECT_EQ(api_.post("/api/v1/limits/1/reset").status, 204U);
  EXPECT_EQ(api_.post("/api/v1/limits/9/reset").status, 404U);
  EXPECT_EQ(api_.post("/api/v1/limits/2/reset").status, 422U);
}

TEST_F(LimitRoutes, ShowPeriodsThatAreOverEvenOfALimitThatIsGone) {
  api_.limits->periods = {{1, "", sample_now - base::Seconds(60), sample_now, 5, 10}, {9, "bob", {}, {}, 1, 2}};
  EXPECT_THAT(api_.get("/api/v1/limits/1/periods").body, HasSubstr("\"used_bytes\":5"));
  EXPECT_EQ(api_.get("/api/v1/limits/9/periods", {{"user", "bob"}}).status, 200U);
  EXPECT_EQ(api_.get("/api/v1/limits/9/periods").status, 404U);
}

TEST_F(LimitRoutes, MakeChangeAndRemoveGroups) {
  const auto response = api_.put("/api/v1/groups/guests", R"({"members":["zoe","carl","zoe"],"note":"weekends"})");
  EXPECT_EQ(response.status, 200U) << response.body;
  EXPECT_EQ(response.body, R"({"name":"guests","members":["carl","zoe"],"note":"weekends"})");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(last_audit().reason, "[2 members]");
  EXPECT_EQ(api_.remove("/api/v1/groups/guests").status, 204U);
  EXPECT_EQ(last_audit().action, "group_removed");
  EXPECT_EQ(api_.remove("/api/v1/groups/guests").status, 404U);
  EXPECT_EQ(api_.remove("/api/v1/groups/staff").status, 409U);
  EXPECT_EQ(api_.put("/api/v1/groups/everyone", "{}").status, 409U);
  EXPECT_EQ(api_.put("/api/v1/groups/x", R"({"members":[""]})").status, 422U);
}

TEST_F(LimitRoutes, AreForTheRolesThatTheTableSays) {
  for (const auto role : {Role::viewer, Role::operator_}) {
    api_.become(role);
    EXPECT_EQ(api_.post("/api/v1/limits", new_limit).status, 403U);
    EXPECT_EQ(api_.put("/api/v1/limits/1", new_limit).status, 403U);
    EXPECT_EQ(api_.remove("/api/v1/limits/1").status, 403U);
    EXPECT_EQ(api_.put("/api/v1/groups/staff", "{}").status, 403U);
    EXPECT_EQ(api_.remove("/api/v1/groups/staff").status, 403U);
  }
  api_.become(Role::viewer);
  EXPECT_EQ(api_.post("/api/v1/limits/1/grants", "{}").status, 403U);
  EXPECT_EQ(api_.post("/api/v1/limits/1/reset").status, 403U);
  EXPECT_EQ(api_.remove("/api/v1/grants/7").status, 403U);
  EXPECT_TRUE(api_.issued.empty());
}

TEST_F(LimitRoutes, GoByTheRoleThatTheAccountHasNow) {
  api_.accounts->accounts["a-admin"].role = Role::viewer;
  EXPECT_EQ(api_.remove("/api/v1/limits/1").status, 403U);
  api_.accounts->accounts.erase("a-admin");
  EXPECT_EQ(api_.remove("/api/v1/limits/1").status, 401U);
  EXPECT_EQ(api_.limits->limits.limits.size(), 2U);
}

}  // namespace davylamp::api
