// Incidents, rules, silences and channels: each call, each refusal, each line of the audit log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "api/testing/api_under_test.hpp"
#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using model::Role;
using ::testing::HasSubstr;
using testing::sample_now;

model::Incident leak(std::uint64_t id, model::IncidentState state) {
  model::Incident incident;
  incident.id = id;
  incident.subject = "office";
  incident.state = state;
  incident.since_at = sample_now;
  return incident;
}

class AlertRoutes : public ::testing::Test {
 protected:
  AlertRoutes() {
    api_.rows->incidents.items = {leak(2, model::IncidentState::firing), leak(1, model::IncidentState::resolved)};
    api_.rows->incidents.total = 2;
    api_.rows->deliveries = {{.id = 5, .incident_id = 2, .channel = "ops", .result = "delivered"}};
    api_.alerts->alerting.rules = {{.id = 3, .name = "Leaks"}};
    api_.alerts->alerting.silences = {{.id = 4, .subject = "office", .reason = "cables"}};
    api_.alerts->last_id = 10;
    api_.become(Role::admin);
    api_.reload();
    api_.issued.clear();
  }
  bool told_of_change() const {
    return api_.issued.size() == 1 && std::holds_alternative<model::AlertingChanged>(api_.issued.front().order);
  }
  void expect_422(const Response& response, const std::string& member) {
    EXPECT_EQ(response.status, 422U) << response.body;
    EXPECT_TRUE(boost::json::parse(response.body).at("members").as_object().contains(member)) << response.body;
    EXPECT_TRUE(api_.alerts->audit.empty());
  }
  void answer_with(bool ok, const std::string& text) {
    api_.on_command = [this, ok, text](const model::Command& command) {
      api_.service.apply({model::CommandDone{command.id, ok, text}});
    };
  }
  testing::ApiUnderTest api_;
};

}  // namespace

TEST_F(AlertRoutes, IncidentsAreAskedForInTheWordsOfTheQuery) {
  const auto response = api_.get("/api/v1/incidents", {{"open", "false"},
                                                       {"severity", "critical"},
                                                       {"subject", "office"},
                                                       {"from", "1794900000"},
                                                       {"to", "1795000000"},
                                                       {"limit", "7"}});
  EXPECT_EQ(response.status, 200U) << response.body;
  const auto& query = api_.rows->last_incidents;
  EXPECT_EQ(query.open, false);
  EXPECT_EQ(query.severity, model::Severity::critical);
  EXPECT_EQ(query.subject, "office");
  EXPECT_EQ(query.from, base::from_unix_seconds(1'794'900'000));
  EXPECT_EQ(query.limit, 7U);
  EXPECT_EQ(api_.get("/api/v1/incidents", {{"open", "perhaps"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/incidents", {{"cursor", "broken"}}).status, 400U);
}

TEST_F(AlertRoutes, AnIncidentComesWithWhatWasSaidOfIt) {
  const auto answer = boost::json::parse(api_.get("/api/v1/incidents/2").body);
  EXPECT_EQ(answer.at("incident").at("state").as_string(), "firing");
  EXPECT_EQ(answer.at("deliveries").at(0).at("channel").as_string(), "ops");
  EXPECT_FALSE(answer.at("deliveries").at(0).as_object().contains("incident"));
  EXPECT_EQ(api_.get("/api/v1/incidents/9").status, 404U);
}

TEST_F(AlertRoutes, AnOperatorTakesAnIncident) {
  api_.become(Role::operator_);
  EXPECT_EQ(api_.post("/api/v1/incidents/2/acknowledge", R"({"reason":"on it"})").status, 202U);
  ASSERT_EQ(api_.issued.size(), 1U);
  EXPECT_EQ(std::get<model::Acknowledge>(api_.issued[0].order).incident_id, 2U);
  EXPECT_EQ(std::get<model::Acknowledge>(api_.issued[0].order).by, api_.accounts->audit.back().account);
  EXPECT_EQ(api_.accounts->audit.back().action, "incident_acknowledged");
  EXPECT_EQ(api_.post("/api/v1/incidents/1/acknowledge").status, 409U);
  EXPECT_EQ(api_.post("/api/v1/incidents/9/acknowledge").status, 404U);
  api_.become(Role::viewer);
  EXPECT_EQ(api_.post("/api/v1/incidents/2/acknowledge").status, 403U);
}

TEST_F(AlertRoutes, RulesAreAddedChangedAndRemoved) {
  const auto added =
      api_.post("/api/v1/alert-rules", R"({"name":"Late","condition":"user_absent","subject":"anna",)"
                                       R"("by_clock":"09:00","zone":"Europe/Berlin","channels":["ops"]})");
  EXPECT_EQ(added.status, 201U) << added.body;
  EXPECT_THAT(added.body, HasSubstr(R"("id":11)"));
  EXPECT_EQ(api_.alerts->audit.back().action, "alert_rule_added");
  EXPECT_EQ(api_.alerts->audit.back().subject, "anna");
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(api_.put("/api/v1/alert-rules/3", R"({"name":"Leaks","enabled":false})").status, 200U);
  EXPECT_FALSE(api_.alerts->alerting.rules[0].enabled);
  EXPECT_EQ(api_.put("/api/v1/alert-rules/9", R"({"name":"x"})").status, 404U);
  EXPECT_EQ(api_.remove("/api/v1/alert-rules/3").status, 204U);
  EXPECT_EQ(api_.remove("/api/v1/alert-rules/3").status, 404U);
  EXPECT_EQ(api_.alerts->audit.back().action, "alert_rule_removed");
}

TEST_F(AlertRoutes, RefusesWhatNoRuleCanBe) {
  expect_422(api_.post("/api/v1/alert-rules", "{}"), "name");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","condition":"rain"})"), "condition");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","needed":3,"of":2})"), "needed");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","channels":["nobody"]})"), "channels");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","condition":"user_absent"})"), "by_clock");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","by_clock":"25:00"})"), "by_clock");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","zone":"Moon/Base"})"), "zone");
  expect_422(api_.post("/api/v1/alert-rules", R"({"name":"x","repeat_seconds":5})"), "repeat_seconds");
  api_.become(Role::operator_);
  EXPECT_EQ(api_.post("/api/v1/alert-rules", R"({"name":"x"})").status, 403U);
}

TEST_F(AlertRoutes, ASilenceHasAnEndAndAReasonAndIsEnded) {
  api_.become(Role::operator_);
  const auto ends = std::to_string(1'795'000'000 + 3'600);
  const auto added =
      api_.post("/api/v1/silences", R"({"subject":"office-*","reason":"cables","ends_at":)" + ends + "}");
  EXPECT_EQ(added.status, 201U) << added.body;
  const auto& silence = api_.alerts->alerting.silences.back();
  EXPECT_EQ(silence.starts_at, sample_now);
  EXPECT_EQ(silence.made_by, api_.alerts->audit.back().account);
  EXPECT_TRUE(told_of_change());
  EXPECT_EQ(api_.remove("/api/v1/silences/4").status, 204U);
  EXPECT_EQ(api_.alerts->alerting.silences[0].ends_at, sample_now);
  EXPECT_EQ(api_.remove("/api/v1/silences/9").status, 404U);
}

TEST_F(AlertRoutes, RefusesASilenceWithoutEndOrReason) {
  const auto past = std::to_string(1'795'000'000 - 1);
  const auto far = std::to_string(1'795'000'000 + 400 * 86'400);
  expect_422(api_.post("/api/v1/silences", R"({"reason":"r"})"), "ends_at");
  expect_422(api_.post("/api/v1/silences", R"({"reason":"r","ends_at":)" + past + "}"), "ends_at");
  expect_422(api_.post("/api/v1/silences", R"({"reason":"r","ends_at":)" + far + "}"), "ends_at");
  expect_422(api_.post("/api/v1/silences", R"({"ends_at":)" + std::to_string(1'795'000'060) + "}"), "reason");
}

TEST_F(AlertRoutes, AChannelShowsItsLastDelivery) {
  const auto answer = boost::json::parse(api_.get("/api/v1/channels").body);
  EXPECT_EQ(answer.at("items").at(0).at("name").as_string(), "ops");
  EXPECT_EQ(answer.at("items").at(0).at("last_delivery").at("id").as_int64(), 5);
}

TEST_F(AlertRoutes, ATestTellsWhatTheProviderSaid) {
  answer_with(false, "403: the bot was blocked");
  const auto response = api_.post("/api/v1/channels/ops/test");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"ok":false,"text":"403: the bot was blocked"})");
  EXPECT_EQ(std::get<model::TestChannel>(api_.issued[0].order).channel, "ops");
  EXPECT_EQ(api_.accounts->audit.back().action, "channel_tested");
  EXPECT_EQ(api_.post("/api/v1/channels/nobody/test").status, 404U);
  api_.on_command = nullptr;
  EXPECT_EQ(api_.post("/api/v1/channels/ops/test").status, 409U);
}

}  // namespace davylamp::api
