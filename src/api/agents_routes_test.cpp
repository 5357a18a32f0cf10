// Agents: what is shown, laid down and issued; each refusal and each line of the audit log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "api/auth/token_text.hpp"
#include "api/testing/api_under_test.hpp"
#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using model::Role;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_now;

model::Agent office() {
  model::Agent agent;
  agent.settings.name = "office";
  agent.verdict = model::Verdict::sealed;
  agent.sentence = "Sealed.";
  agent.last = model::Heartbeat{.number = 9, .agent = "office"};
  agent.memory.tunnel_seen = true;
  return agent;
}

class AgentRoutes : public ::testing::Test {
 protected:
  AgentRoutes() {
    api_.rows->agents = {office()};
    api_.rows->agent_hours = {{.agent = "office", .at = sample_now}};
    api_.agents->agents = {office().settings};
    api_.become(Role::admin);
    api_.reload();
    api_.issued.clear();
  }
  const model::AuditEntry& last_audit() const { return api_.agents->audit.back(); }
  bool told_of_change() const {
    return api_.issued.size() == 1 && std::holds_alternative<model::AgentsChanged>(api_.issued.front().order);
  }
  void expect_422(const std::string& body, const std::string& member) {
    const auto response = api_.put("/api/v1/agents/office", body);
    EXPECT_EQ(response.status, 422U) << body;
    EXPECT_TRUE(boost::json::parse(response.body).at("members").as_object().contains(member)) << response.body;
    EXPECT_TRUE(api_.agents->audit.empty());
  }
  testing::ApiUnderTest api_;
};

}  // namespace

TEST_F(AgentRoutes, ListHasNeitherTheLastReportNorWhatTheHubRemembers) {
  api_.become(Role::viewer);
  const auto response = api_.get("/api/v1/agents");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr(R"("name":"office")"));
  EXPECT_THAT(response.body, Not(HasSubstr("\"last\"")));
  EXPECT_THAT(response.body, Not(HasSubstr("memory")));
}

TEST_F(AgentRoutes, OneHasItsLastReportAndItsHistory) {
  const auto answer = boost::json::parse(api_.get("/api/v1/agents/office").body);
  EXPECT_EQ(answer.at("agent").at("last").at("number").as_int64(), 9);
  EXPECT_EQ(answer.at("history").at("uptime").at(0).at("up_seconds").as_int64(), 3'600);
  EXPECT_EQ(api_.get("/api/v1/agents/ghost").status, 404U);
}

TEST_F(AgentRoutes, LaysDownWhatIsExpectedAndTellsOfIt) {
  const auto body = R"({"name":"new","exit":{"countries":["de"]},"real_networks":["198.51.100.0/24"]})";
  const auto response = api_.put("/api/v1/agents/new", body);
  EXPECT_EQ(response.status, 201U) << response.body;
  EXPECT_THAT(response.body, HasSubstr(R"("countries":["DE"])"));
  EXPECT_EQ(last_audit().action, "agent_added");
  EXPECT_EQ(last_audit().subject, "new");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(api_.put("/api/v1/agents/new", "{}").status, 200U);
  EXPECT_EQ(last_audit().action, "agent_changed");
}

TEST_F(AgentRoutes, RefusesWhatNoAgentCanBe) {
  expect_422(R"({"name":"other"})", "name");
  expect_422(R"({"interval_seconds":1})", "interval_seconds");
  expect_422(R"({"exit":{"countries":["Germany"]}})", "exit.countries");
  expect_422(R"({"exit":{"networks":["198.51.100.0/33"]}})", "exit.networks");
  expect_422(R"({"resolver":{"tolerance":"maybe"}})", "resolver.tolerance");
  expect_422(R"({"resolver":{"asns":[0]}})", "resolver.asns");
  expect_422(R"({"real_networks":["home"]})", "real_networks");
  expect_422(R"({"learning_heartbeats":0})", "learning_heartbeats");
  expect_422(R"({"colour":"red"})", "colour");
}

TEST_F(AgentRoutes, IssuesATokenOfWhichOnlyTheHashIsKept) {
  const auto response = api_.post("/api/v1/agents/office/token", R"({"one_time":true})");
  EXPECT_EQ(response.status, 201U) << response.body;
  const auto answer = boost::json::parse(response.body);
  const std::string token(answer.at("token").as_string());
  EXPECT_EQ(token.size(), 43U);
  ASSERT_EQ(api_.agents->tokens.size(), 1U);
  EXPECT_EQ(api_.agents->tokens[0].token_hash, fingerprint(token));
  EXPECT_TRUE(api_.agents->tokens[0].one_time);
  EXPECT_EQ(api_.agents->tokens[0].expires_at, sample_now + base::Seconds(86'400));
  EXPECT_EQ(last_audit().action, "agent_token_issued");
  EXPECT_THAT(last_audit().reason, Not(HasSubstr(token)));
  EXPECT_TRUE(told_of_change());
}

TEST_F(AgentRoutes, RevokesTokensAndRemovesAgents) {
  api_.agents->tokens = {{.agent = "office", .token_hash = "h"}};
  EXPECT_EQ(api_.remove("/api/v1/agents/office/token", {{"reason", "lost"}}).status, 204U);
  EXPECT_TRUE(api_.agents->tokens.empty());
  EXPECT_EQ(last_audit().reason, "lost");
  EXPECT_EQ(api_.remove("/api/v1/agents/office").status, 204U);
  EXPECT_EQ(last_audit().action, "agent_removed");
  EXPECT_EQ(api_.remove("/api/v1/agents/ghost/token").status, 404U);
}

TEST_F(AgentRoutes, AreForAdminsWhereTheyChange) {
  api_.become(Role::operator_);
  EXPECT_EQ(api_.put("/api/v1/agents/office", "{}").status, 403U);
  EXPECT_EQ(api_.remove("/api/v1/agents/office").status, 403U);
  EXPECT_EQ(api_.post("/api/v1/agents/office/token", "{}").status, 403U);
  EXPECT_EQ(api_.get("/api/v1/exits").body, R"({"items":[{"agents":1,"up_seconds":0,"down_seconds":0,"latency":{}}]})");
}

TEST_F(AgentRoutes, AnAgentThatChangesIsShownAtOnce) {
  auto changed = office();
  changed.sentence = "Leaking DNS.";
  api_.service.apply({model::AgentChanged{changed}});
  EXPECT_THAT(api_.get("/api/v1/agents/office").body, HasSubstr("Leaking DNS."));
  api_.service.apply({model::AgentGone{"office"}});
  EXPECT_EQ(api_.get("/api/v1/agents").body, R"({"items":[]})");
}

}  // namespace davylamp::api
