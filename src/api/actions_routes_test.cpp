// Ending sessions, blocking, jobs, losses, privacy, the records of users: each call, each refusal.
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
using testing::expect_golden;
using ::testing::HasSubstr;
using testing::header;
using testing::sample_now;
using testing::sample_session;

class Actions : public ::testing::Test {
 protected:
  Actions() {
    api_.rows->sessions = {sample_session({.id = 41}), testing::sample_closed({.id = 2}),
                           testing::sample_closed({.id = 3, .user = "bob"})};
    api_.rows->events = {testing::sample_event(3), testing::sample_event(2)};
    api_.limits->limits.groups = {{"staff", {"alice"}, ""}};
    api_.limits->limits.limits = {testing::sample_limit(1, LimitSubject::user, "alice"),
                                  testing::sample_limit(2, LimitSubject::user, "bob")};
    api_.limits->limits.blocks = {{"eve", std::nullopt, "left the company", "root", sample_now}};
    api_.become(Role::operator_);
    api_.reload();
    api_.issued.clear();
  }
  // The collect role, which says this of each command.
  void answer_with(bool ok, const std::string& text) {
    api_.on_command = [this, ok, text](const model::Command& command) {
      api_.service.apply({model::CommandDone{command.id + 1, !ok, "of another"}});
      api_.service.apply({model::CommandDone{command.id, ok, text}});
    };
  }
  const model::AuditEntry& last_audit() const { return api_.accounts->audit.back(); }
  testing::ApiUnderTest api_;
};

}  // namespace

TEST_F(Actions, EndASessionOnceItsServerAgrees) {
  answer_with(true, "The server ended the session.");
  const auto response = api_.post("/api/v1/sessions/41/end", R"({"mode":"halt","reason":"maintenance"})");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"ok":true,"text":"The server ended the session."})");
  ASSERT_EQ(api_.issued.size(), 1U);
  const auto& order = std::get<model::EndSession>(api_.issued[0].order);
  EXPECT_NE(api_.issued[0].id, 0U);
  EXPECT_EQ(api_.issued[0].expires_at, sample_now + base::Milliseconds(50));
  EXPECT_EQ(order.session_id, 41U);
  EXPECT_EQ(order.user, "alice");
  EXPECT_EQ(order.mode, model::EndMode::halt);
  EXPECT_EQ(order.reason, model::EndReason::killed);
  EXPECT_EQ(order.message, "Disconnected by the operator.");
  EXPECT_EQ(last_audit().action, "session_end");
  EXPECT_EQ(last_audit().subject, "alice");
  EXPECT_EQ(last_audit().reason, "maintenance [session 41, halt]");
}

TEST_F(Actions, SayWhyASessionWasNotEnded) {
  answer_with(false, "The server does not know this client any more.");
  const auto response = api_.post("/api/v1/sessions/41/end", R"({"mode":"kick"})");
  EXPECT_EQ(response.status, 409U);
  EXPECT_THAT(response.body, HasSubstr("The server does not know this client any more."));
  EXPECT_EQ(std::get<model::EndSession>(api_.issued[0].order).message, "");
}

TEST_F(Actions, DoNotWaitForEverForAServer) {
  const auto response = api_.post("/api/v1/sessions/41/end", R"({"mode":"kick"})");
  EXPECT_EQ(response.status, 409U);
  EXPECT_THAT(response.body, HasSubstr("urn:davylamp:problem:no-answer"));
  api_.on_command = [this](const model::Command&) {
    api_.service.apply({model::SessionClosed{testing::sample_closed({.id = 41})}});
  };
  EXPECT_EQ(api_.post("/api/v1/sessions/41/end", R"({"mode":"kick"})").status, 200U);
}

TEST_F(Actions, BoundHowManyWait) {
  std::vector<std::future<Response>> answers;
  api_.loop.restart();
  for (int i = 0; i < 3; ++i) {
    auto request = api_.raw(Method::post, "/api/v1/sessions/41/end", R"({"mode":"kick"})");
    answers.push_back(
        boost::asio::co_spawn(api_.loop, api_.service.answer(std::move(request)), boost::asio::use_future));
  }
  api_.loop.run();
  std::map<unsigned, int> statuses;
  for (auto& answer : answers) ++statuses[answer.get().status];
  EXPECT_EQ(statuses, (std::map<unsigned, int>{{409, 2}, {503, 1}}));
}

TEST_F(Actions, RefuseToEndWhatIsNotThereOrNotAsked) {
  for (const auto* path : {"/api/v1/sessions/2/end", "/api/v1/sessions/999/end", "/api/v1/sessions/x/end"}) {
    EXPECT_EQ(api_.post(path, R"({"mode":"kick"})").status, 404U) << path;
  }
  EXPECT_EQ(api_.post("/api/v1/sessions/41/end", R"({"mode":"refuse"})").status, 422U);
  EXPECT_EQ(api_.post("/api/v1/sessions/41/end", R"({"reason":")" + std::string(501, 'a') + "\"}").status, 422U);
  api_.become(Role::viewer);
  EXPECT_EQ(api_.post("/api/v1/sessions/41/end", R"({"mode":"kick"})").status, 403U);
  EXPECT_TRUE(api_.issued.empty());
}

TEST_F(Actions, BlockAUserAndLiftIt) {
  const auto response = api_.post("/api/v1/users/alice/block", R"({"until_at":1795000060,"reason":"moves too much"})");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"user":"alice","until_at":1795000060,"reason":"moves too much",)"
                           R"("blocked_by":"a-operator","at":1795000000})");
  EXPECT_TRUE(std::holds_alternative<model::LimitsChanged>(api_.issued.at(0).order));
  EXPECT_EQ(api_.limits->audit.back().action, "user_blocked");
  EXPECT_EQ(api_.remove("/api/v1/users/alice/block").status, 204U);
  EXPECT_EQ(api_.limits->audit.back().action, "user_unblocked");
  EXPECT_EQ(api_.remove("/api/v1/users/alice/block").status, 404U);
}

TEST_F(Actions, RefuseABlockWithoutAReasonOrOfThePast) {
  EXPECT_EQ(api_.post("/api/v1/users/alice/block", "{}").status, 422U);
  EXPECT_EQ(api_.post("/api/v1/users/alice/block", R"({"reason":"  "})").status, 422U);
  EXPECT_EQ(api_.post("/api/v1/users/alice/block", R"({"reason":"x","until_at":1})").status, 422U);
  EXPECT_TRUE(api_.limits->audit.empty());
}

TEST_F(Actions, TakeNamesAsTheyAre) {
  const std::vector<std::pair<std::string, std::string>> names{{"a%2Fblock", "a/block"},
                                                               {"%2F", "/"},
                                                               {"CORP%5Canna", "CORP\\anna"},
                                                               {"J%C3%B6rg%20%3Cb%3E", "J\xC3\xB6rg <b>"},
                                                               {"'%3B%20DROP%20TABLE%20x%3B--", "'; DROP TABLE x;--"},
                                                               {std::string(512, 'a'), std::string(512, 'a')}};
  for (const auto& [written, name] : names) {
    const auto target = "/api/v1/users/" + written + "/block";
    EXPECT_EQ(api_.send(api_.raw(Method::post, target, R"({"reason":"x"})")).status, 200U) << written.substr(0, 40);
    EXPECT_EQ(api_.limits->limits.blocks.back().user, name);
    EXPECT_EQ(api_.send(api_.raw(Method::get, "/api/v1/users/" + written)).status, 200U) << written.substr(0, 40);
    EXPECT_EQ(api_.send(api_.raw(Method::delete_, target)).status, 204U) << written.substr(0, 40);
  }
  const auto too_long = "/api/v1/users/" + std::string(513, 'a') + "/block";
  EXPECT_EQ(api_.send(api_.raw(Method::post, too_long, R"({"reason":"x"})")).status, 422U);
  EXPECT_EQ(api_.send(api_.raw(Method::post, "/api/v1/users//block", R"({"reason":"x"})")).status, 404U);
}

TEST_F(Actions, ShowWhatIsLaidDownAboutAUser) {
  api_.service.apply({model::QuotaChanged{testing::sample_quota(1, "alice", 60)},
                      model::QuotaChanged{testing::sample_quota(2, "bob", 10)}});
  const auto alice = boost::json::parse(api_.get("/api/v1/users/alice").body);
  EXPECT_EQ(alice.at("quotas").as_array().size(), 1U);
  EXPECT_EQ(boost::json::serialize(alice.at("groups")), R"(["staff"])");
  EXPECT_FALSE(alice.as_object().contains("block"));
  const auto eve = boost::json::parse(api_.get("/api/v1/users/eve").body);
  EXPECT_EQ(eve.at("block").at("reason").as_string(), "left the company");
}

TEST_F(Actions, RunAJobThatThereIs) {
  model::HouseJob job;
  job.name = "vacuum";
  job.text = "Gave 4 MB back.";
  auto running = job;
  running.name = "backup";
  running.began_at = sample_now;
  api_.service.apply({model::JobChanged{job}, model::JobChanged{running}});
  expect_golden("jobs", api_.get("/api/v1/jobs").body);
  EXPECT_EQ(api_.post("/api/v1/jobs/vacuum/run").status, 403U);
  api_.become(Role::admin);
  EXPECT_EQ(api_.post("/api/v1/jobs/vacuum/run").status, 202U);
  EXPECT_EQ(std::get<model::RunJob>(api_.issued.at(0).order).job, "vacuum");
  EXPECT_EQ(last_audit().action, "job_run");
  EXPECT_EQ(api_.post("/api/v1/jobs/backup/run").status, 409U);
  EXPECT_EQ(api_.post("/api/v1/jobs/tell_quotas/run").status, 404U);
}

TEST_F(Actions, CountTheLossesOfAllRoles) {
  api_.service.apply({model::LossesCounted{"process", {{"changes_dropped", 4, "Told later."}}}});
  const auto body = api_.get("/api/v1/losses").body;
  EXPECT_THAT(body, HasSubstr(R"({"role":"process","name":"changes_dropped","count":4,"text":"Told later."})"));
  EXPECT_THAT(body, HasSubstr(R"({"role":"serve","name":"accepts_failed","count":3,)"));
}

TEST_F(Actions, SayWhatIsKept) {
  expect_golden("privacy", api_.get("/api/v1/privacy").body);
}

TEST_F(Actions, ShowTheAuditLogToAdmins) {
  EXPECT_EQ(api_.get("/api/v1/audit").status, 403U);
  api_.become(Role::admin);
  EXPECT_THAT(api_.get("/api/v1/audit", {{"limit", "10"}}).body, HasSubstr(R"("action":"login")"));
  EXPECT_EQ(api_.get("/api/v1/audit", {{"limit", "0"}}).status, 400U);
}

TEST_F(Actions, HandOutEverythingThatIsKeptOfAUser) {
  EXPECT_EQ(api_.get("/api/v1/users/alice/export").status, 403U);
  api_.become(Role::admin);
  const auto response = api_.get("/api/v1/users/alice/export");
  EXPECT_EQ(response.status, 200U) << response.body;
  EXPECT_EQ(header(response, "Content-Disposition"), "attachment; filename=\"davylamp-user-alice.json\"");
  const auto found = boost::json::parse(response.body);
  EXPECT_TRUE(found.at("complete").as_bool());
  EXPECT_EQ(found.at("sessions").as_array().size(), 2U);
  EXPECT_EQ(found.at("limits").as_array().size(), 1U);
  EXPECT_EQ(found.at("events").as_array().size(), 2U);
  EXPECT_EQ(last_audit().action, "user_exported");
  EXPECT_EQ(api_.get("/api/v1/users/nobody/export").status, 404U);
  const auto hostile = api_.send(api_.raw(Method::get, "/api/v1/users/a%22%3B%2F/export"));
  EXPECT_EQ(hostile.status, 404U);
}

TEST_F(Actions, EraseAUserForAReason) {
  EXPECT_EQ(api_.remove("/api/v1/users/alice", {{"reason", "asked for it"}}).status, 403U);
  api_.become(Role::admin);
  EXPECT_EQ(api_.remove("/api/v1/users/alice").status, 422U);
  api_.limits->open_users = {"alice"};
  EXPECT_EQ(api_.remove("/api/v1/users/alice", {{"reason", "asked for it"}}).status, 409U);
  api_.limits->open_users.clear();
  EXPECT_FALSE(api_.service.view().events().empty());
  auto request = api_.raw(Method::delete_, "/api/v1/users/alice", R"({"reason":"asked for it"})");
  const auto response = api_.send(std::move(request));
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"rows":12})");
  EXPECT_EQ(api_.limits->audit.back().reason, "asked for it");
  EXPECT_TRUE(api_.service.view().events().empty());
  EXPECT_TRUE(std::holds_alternative<model::LimitsChanged>(api_.issued.back().order));
}

TEST_F(Actions, AskForAllQuotasWhenTheViewIsMadeAnew) {
  api_.service.apply({model::QuotaChanged{testing::sample_quota(1, "alice", 60)}});
  api_.reload();
  EXPECT_TRUE(api_.service.view().quotas().empty());
  ASSERT_EQ(api_.issued.size(), 1U);
  EXPECT_EQ(std::get<model::RunJob>(api_.issued[0].order).job, "tell_quotas");
}

TEST_F(Actions, MakeAnAdminOfWhoComesOverTheControlSocket) {
  api_.cookies.clear();
  auto request = api_.raw(Method::post, "/api/v1/users/alice/block", R"({"reason":"x"})");
  request.local_account = "local:root";
  EXPECT_EQ(api_.send(std::move(request)).status, 200U);
  EXPECT_EQ(api_.limits->audit.back().account, "local:root");
  EXPECT_EQ(api_.limits->audit.back().remote_address, "local");
}

}  // namespace davylamp::api
