// What every store must do when a user is erased.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

// Anna's closed session 1 and bert's session 2, both with everything that may be kept of a user.
inline Batch life_of_two() {
  Batch batch{.number = 1};
  model::SessionId id = 0;
  for (const std::string user : {"anna", "bert"}) {
    auto stored = bare_session(++id);
    stored.session.user = user;
    stored.session = closed_form(stored.session, 7'200);
    batch.sessions.push_back(stored);
    batch.endpoints.push_back({id, {*model::Address::parse("192.0.2.1"), std::uint16_t{4}}, {}, at(0), at(0)});
    for (int minute = 0; minute < 120; ++minute) {
      batch.traffic.push_back(moved(id, user, minute * 60, {1, 10}));
      batch.loads.push_back(load(minute * 60, 2, {1, 10}));
    }
    auto event = full_event(id);
    event.user = user;
    event.session_id = id;
    batch.events.push_back(event);
    batch.periods.push_back({.limit_id = 1, .user = user, .start_at = at(0), .end_at = at(60)});
  }
  auto nameless = full_event(3);
  nameless.user = std::nullopt;
  nameless.session_id = 1;
  batch.events.push_back(nameless);
  return batch;
}

TEST_P(StoreLimitsContract, KeepsNothingOfAnErasedUserButTheSums) {
  limits->put_group({.name = "staff", .members = {"anna", "bert"}, .note = ""}, done("group", "staff"));
  const auto each = add(limit_of(model::LimitSubject::each, "staff"));
  for (const std::string user : {"anna", "bert"}) {
    const auto own = add(limit_of(model::LimitSubject::user, user));
    ASSERT_TRUE(limits->add_grant(grant_of(own), done("grant_added", user)));
    ASSERT_TRUE(limits->add_grant(grant_of(each, user), done("grant_added", user)));
    ASSERT_TRUE(limits->reset({.limit_id = own, .at = at(3)}, done("limit_reset", user)));
    ASSERT_TRUE(limits->reset({.limit_id = each, .user = user, .at = at(3)}, done("limit_reset", user)));
    limits->block({.user = user, .reason = "r", .blocked_by = "root", .at = at(4)}, done("user_blocked", user));
  }
  batch = life_of_two();
  commit();
  const auto history = reader->history({at(0), at(86'400), 60, {}}).points;
  const auto erased = limits->erase_user("anna", done("user_erased"));
  ASSERT_TRUE(erased);
  // A session, its endpoint, 120 minutes, 2 hours, a day, 2 events, the user; a period, 2 grants, 2 resets, a limit, a
  // block, a membership.
  EXPECT_EQ(*erased, 1U + 1U + 120U + 2U + 1U + 2U + 1U + 1U + 2U + 2U + 1U + 1U + 1U);

  EXPECT_EQ(reader->session(1), std::nullopt);
  EXPECT_TRUE(reader->endpoints(1).empty());
  EXPECT_TRUE(reader->session_traffic(1, 10).points.empty());
  EXPECT_EQ(reader->user("anna"), std::nullopt);
  EXPECT_TRUE(reader->user_traffic("anna", base::Time{}, at(86'400)).points.empty());
  EXPECT_EQ(reader->events(10, std::nullopt).size(), 1U);
  EXPECT_TRUE(limits->periods(1, "anna", 10).empty());
  EXPECT_EQ(usage(at(0)).at("").tx_bytes, 1'200U);
  EXPECT_EQ(reader->user_traffic("", at(0), at(86'400)).points.size(), 2U);
  EXPECT_EQ(reader->totals(at(0), at(86'400), {"udp"}).tx_bytes, 2'400U);
  EXPECT_EQ(reader->history({at(0), at(86'400), 60, {}}).points.size(), history.size());

  EXPECT_EQ(reader->session(2)->user, "bert");
  EXPECT_EQ(reader->session_traffic(2, 500).points.size(), 120U);
  EXPECT_EQ(reader->user("bert")->tx_bytes, 1'200U);
  EXPECT_EQ(limits->periods(1, "bert", 10).size(), 1U);
  const auto all = limits->limits();
  EXPECT_EQ(all.groups.at(0).members, std::vector<std::string>{"bert"});
  EXPECT_EQ(all.limits.size(), 2U);
  EXPECT_EQ(all.grants.size(), 2U);
  EXPECT_EQ(all.resets.size(), 2U);
  EXPECT_EQ(all.blocks.size(), 1U);
}

TEST_P(StoreLimitsContract, LeavesTheActionsOnAnErasedUserInTheAuditLog) {
  accounts->append_audit(done("login"));
  accounts->append_audit(done("user_blocked"));
  accounts->append_audit(done("user_blocked", "bert"));
  EXPECT_EQ(limits->erase_user("anna", done("user_erased")), 0U);
  const auto lines = accounts->audit(10);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].action, "user_erased");
  EXPECT_EQ(lines[0].subject, "(erased)");
  EXPECT_EQ(lines[0].reason, "why");
  EXPECT_EQ(lines[1].subject, "bert");
  EXPECT_EQ(lines[2].subject, "(erased)");
  EXPECT_EQ(lines[2].reason, "");
  EXPECT_EQ(lines[2].account, "root");
  EXPECT_EQ(lines[3].subject, "anna");
}

TEST_P(StoreLimitsContract, ErasesNobodyWhileASessionIsOpen) {
  batch.sessions = {bare_session(1)};
  batch.traffic = {moved(1, "anna", 0, {1, 1})};
  commit();
  EXPECT_EQ(limits->erase_user("anna", done("user_erased")).error().code, "in_use");
  EXPECT_EQ(reader->user("anna")->rx_bytes, 1U);
  EXPECT_TRUE(accounts->audit(10).empty());
}

}  // namespace davylamp::contract::testing
