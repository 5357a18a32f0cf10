// What every store must do with rules, silences, incidents and deliveries.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

inline model::Incident full_incident(std::uint64_t id, const std::string& subject = "office") {
  model::Incident incident;
  incident.id = id;
  incident.key = "3/agent_dns_leak/" + subject;
  incident.rule_id = 3;
  incident.condition = model::ConditionKind::agent_dns_leak;
  incident.subject = subject;
  incident.parent = "site berlin";
  incident.severity = model::Severity::critical;
  incident.state = model::IncidentState::firing;
  incident.title = "office leaks DNS";
  incident.text = "A \"resolver\" is outside.";
  incident.values = {{"resolver", "198.51.100.53"}, {"country", "DE"}};
  incident.evidence = {{.what = "resolver", .value = "198.51.100.53", .place = sample_place(), .text = "Outside."}};
  incident.since_at = at(static_cast<int>(id)) + base::Milliseconds(125);
  incident.fired_at = at(static_cast<int>(id) + 1);
  incident.acknowledged_at = at(20);
  incident.acknowledged_by = "anna";
  incident.silence_id = 4;
  incident.folded_into = 1;
  incident.folded = 2;
  incident.flaps = 3;
  incident.marks = {{at(1), "seen", "x"}};
  return incident;
}

inline model::Incident resolved(model::Incident incident, int seconds) {
  incident.state = model::IncidentState::resolved;
  incident.resolved_at = at(seconds);
  return incident;
}

inline model::Delivery full_delivery(std::uint64_t id, std::uint64_t incident_id) {
  return {.id = id,
          .incident_id = incident_id,
          .notice = model::NoticeKind::resolved,
          .channel = "ops",
          .state = model::DeliveryState::waiting,
          .made_at = at(static_cast<int>(id)),
          .next_at = at(9) + base::Milliseconds(5),
          .done_at = at(10),
          .tries = 2,
          .result = "429",
          .incident = full_incident(incident_id),
          .others = 1};
}

class StoreAlertsContract : public StoreContract {
 protected:
  std::unique_ptr<AlertStore> alerts = store->alerts();
  std::unique_ptr<LimitStore> limits = store->limits();
  std::vector<std::uint64_t> ids(const IncidentQuery& query) {
    std::vector<std::uint64_t> found;
    for (const auto& incident : reader->incidents(query).items) found.push_back(incident.id);
    return found;
  }
};
using Ids = std::vector<std::uint64_t>;

TEST_P(StoreAlertsContract, KeepsEveryMemberOfARuleAndASilence) {
  EXPECT_EQ(alerts->alerting().revision, 0U);
  model::AlertRule rule{.id = 77,
                        .name = "Late",
                        .condition = model::ConditionKind::user_absent,
                        .subject = "anna",
                        .hold_seconds = 1,
                        .clear_seconds = 2,
                        .needed = 3,
                        .of = 4,
                        .severity = model::Severity::critical,
                        .channels = {"ops", "boss"},
                        .by_clock = "09:00",
                        .zone = "Europe/Berlin",
                        .repeat_seconds = 60,
                        .enabled = false};
  rule.id = alerts->add_rule(rule, done("alert_rule_added"));
  model::Silence silence{.maintenance = true,
                         .condition = model::ConditionKind::agent_down,
                         .subject = "office-*",
                         .starts_at = at(1),
                         .ends_at = at(2),
                         .reason = "cables",
                         .made_by = "root"};
  silence.id = alerts->add_silence(silence, done("silence_added"));
  const auto all = writer->alerting();
  EXPECT_EQ(all.revision, 2U);
  EXPECT_EQ(all.rules, std::vector{rule});
  EXPECT_EQ(all.silences, std::vector{silence});
  EXPECT_EQ(accounts->audit(10).size(), 2U);
}

TEST_P(StoreAlertsContract, ChangesAndRemovesRulesAndNeverGivesAnIdAgain) {
  model::AlertRule rule{.name = "Down"};
  rule.id = alerts->add_rule(rule, done("x"));
  rule.name = "Gone";
  ASSERT_TRUE(alerts->change_rule(rule, done("x")));
  EXPECT_EQ(alerts->alerting().rules.at(0).name, "Gone");
  ASSERT_TRUE(alerts->remove_rule(rule.id, done("x")));
  EXPECT_EQ(alerts->remove_rule(rule.id, done("x")).error().code, "not_found");
  EXPECT_EQ(alerts->change_rule(rule, done("x")).error().code, "not_found");
  EXPECT_GT(alerts->add_rule(rule, done("x")), rule.id);
  EXPECT_EQ(alerts->alerting().revision, 4U);
}

TEST_P(StoreAlertsContract, EndsASilenceAndNeverMakesItLonger) {
  const auto id = alerts->add_silence({.starts_at = at(1), .ends_at = at(100)}, done("x"));
  ASSERT_TRUE(alerts->end_silence(id, at(50), done("x")));
  ASSERT_TRUE(alerts->end_silence(id, at(70), done("x")));
  EXPECT_EQ(alerts->alerting().silences.at(0).ends_at, at(50));
  EXPECT_EQ(alerts->end_silence(99, at(1), done("x")).error().code, "not_found");
}

TEST_P(StoreAlertsContract, KeepsEveryMemberOfAnIncidentAndADelivery) {
  batch.incidents = {full_incident(7)};
  batch.deliveries = {full_delivery(5, 7)};
  commit();
  EXPECT_EQ(reader->incident(7), full_incident(7));
  EXPECT_EQ(reader->incident(8), std::nullopt);
  EXPECT_EQ(reader->deliveries(7, 10), std::vector{full_delivery(5, 7)});
  EXPECT_TRUE(reader->deliveries(8, 10).empty());
}

TEST_P(StoreAlertsContract, KeepsTheBytesOfASubject) {
  auto incident = full_incident(1, "\xff\x1b");
  incident.values.clear();
  batch.incidents = {incident};
  commit();
  EXPECT_EQ(reader->incident(1), incident);
  EXPECT_EQ(ids({.subject = "\xff\x1b"}), Ids{1});
}

TEST_P(StoreAlertsContract, OneThatEndedBeforeItFiredIsRemoved) {
  auto pending = full_incident(3);
  pending.state = model::IncidentState::pending;
  pending.fired_at.reset();
  batch.incidents = {pending};
  commit();
  EXPECT_EQ(ids({}), Ids{3});
  batch.incidents = {resolved(pending, 9)};
  commit();
  EXPECT_TRUE(ids({}).empty());
  EXPECT_EQ(writer->load_checkpoint().next_incident_id, 4U);
}

TEST_P(StoreAlertsContract, FiltersIncidentsNewestFirst) {
  auto warning = full_incident(4, "home");
  warning.severity = model::Severity::warning;
  batch.incidents = {full_incident(1), resolved(full_incident(2), 50), resolved(full_incident(3), 90), warning};
  commit();
  EXPECT_EQ(ids({}), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(ids({.open = true}), (Ids{4, 1}));
  EXPECT_EQ(ids({.open = false}), (Ids{3, 2}));
  EXPECT_EQ(ids({.from = at(60)}), (Ids{4, 3, 1}));
  EXPECT_EQ(ids({.to = at(3)}), (Ids{2, 1}));
  EXPECT_EQ(ids({.severity = model::Severity::warning}), Ids{4});
  EXPECT_EQ(ids({.subject = "home"}), Ids{4});
}

TEST_P(StoreAlertsContract, PagesIncidents) {
  for (std::uint64_t id = 1; id <= 7; ++id) batch.incidents.push_back(full_incident(id));
  commit();
  IncidentQuery query{.limit = 3};
  Ids all;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = reader->incidents(query);
    EXPECT_EQ(page.total, 7U);
    for (const auto& incident : page.items) all.push_back(incident.id);
    query.cursor = page.next_cursor;
    EXPECT_EQ(page.next_cursor.has_value(), pages < 2);
  }
  EXPECT_EQ(all, (Ids{7, 6, 5, 4, 3, 2, 1}));
  query.cursor = "nonsense";
  EXPECT_THROW(reader->incidents(query), base::Failure);
}

TEST_P(StoreAlertsContract, TheCheckpointHasWhatIsOpenNewOrWaiting) {
  auto delivered = full_delivery(2, 5);
  delivered.state = model::DeliveryState::delivered;
  batch.incidents = {full_incident(1), resolved(full_incident(2), 100), resolved(full_incident(5), 100 + 86'401)};
  batch.deliveries = {full_delivery(1, 5), delivered};
  commit();
  const auto checkpoint = store->writer()->load_checkpoint();
  EXPECT_EQ(checkpoint.next_incident_id, 6U);
  EXPECT_EQ(checkpoint.next_delivery_id, 3U);
  ASSERT_EQ(checkpoint.incidents.size(), 2U);
  EXPECT_EQ(checkpoint.incidents[0], full_incident(1));
  EXPECT_EQ(checkpoint.incidents[1].id, 5U);
  EXPECT_EQ(checkpoint.deliveries, std::vector{full_delivery(1, 5)});
}

TEST_P(StoreAlertsContract, ForgetsWhatIsOverAndNothingElse) {
  auto delivered = full_delivery(1, 2);
  delivered.state = model::DeliveryState::delivered;
  batch.incidents = {full_incident(1), resolved(full_incident(2), 10), resolved(full_incident(3), 5'000)};
  batch.deliveries = {delivered, full_delivery(2, 2)};
  commit();
  alerts->add_silence({.starts_at = at(1), .ends_at = at(10)}, done("x"));
  alerts->add_silence({.starts_at = at(1), .ends_at = at(5'000)}, done("x"));
  Retention retention;
  retention.events = base::Seconds(100);
  EXPECT_EQ(writer->forget(at(1'000), retention, 100), 3U);
  EXPECT_EQ(ids({}), (Ids{3, 1}));
  EXPECT_EQ(reader->deliveries(0, 10), std::vector{full_delivery(2, 2)});
  EXPECT_EQ(alerts->alerting().silences.size(), 1U);
}

TEST_P(StoreAlertsContract, ErasesWhatIsAboutAUser) {
  auto connected = full_incident(1, "anna");
  connected.condition = model::ConditionKind::user_connected;
  auto of_agent = full_incident(2, "anna");
  auto other = connected;
  other.id = 3;
  other.subject = "bert";
  batch.incidents = {connected, of_agent, other};
  batch.deliveries = {full_delivery(1, 1), full_delivery(2, 2)};
  commit();
  alerts->add_rule({.condition = model::ConditionKind::user_absent, .subject = "anna"}, done("x", "r"));
  alerts->add_rule({.condition = model::ConditionKind::agent_down, .subject = "anna"}, done("x", "r"));
  alerts->add_silence({.subject = "anna", .ends_at = at(9)}, done("x", "r"));
  EXPECT_EQ(limits->erase_user("anna", done("user_erased")), 4U);
  EXPECT_EQ(ids({}), (Ids{3, 2}));
  EXPECT_EQ(reader->deliveries(0, 10), std::vector{full_delivery(2, 2)});
  EXPECT_EQ(alerts->alerting().rules.size(), 1U);
  EXPECT_TRUE(alerts->alerting().silences.empty());
  EXPECT_EQ(alerts->alerting().revision, 4U);
}

}  // namespace davylamp::contract::testing
