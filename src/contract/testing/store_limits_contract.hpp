// What every store must do with limits, usage, house jobs and the erasing of a user: the third part of
// store_contract.hpp.
#pragma once

#include "contract/testing/store_contract.hpp"

namespace davylamp::contract::testing {

inline model::AuditEntry done(const std::string& action, const std::string& subject = "anna") {
  return {
      .at = at(7), .account = "root", .action = action, .subject = subject, .remote_address = "::1", .reason = "why"};
}

inline model::Limit full_limit() {
  return {.id = 0,
          .subject_kind = model::LimitSubject::user,
          .subject = "anna",
          .direction = model::TrafficDirection::down,
          .bytes = 20'000'000,
          .period = {.kind = model::PeriodKind::anniversary,
                     .zone = "Europe/Berlin",
                     .anchor_day = 31,
                     .days = 7,
                     .starts_at = at(1),
                     .ends_at = at(9'000)},
          .buffer_bytes = 1'000,
          .thresholds = {10, 99},
          .enforce = false,
          .kernel_stop = true,
          .note = "a \"note\"",
          .created_at = at(5),
          .created_by = "root"};
}

inline model::Limit limit_of(model::LimitSubject kind, const std::string& subject) {
  model::Limit limit{.subject_kind = kind, .subject = subject, .bytes = 1'000};
  return limit;
}

inline model::Grant grant_of(std::uint64_t limit_id, const std::string& user = "") {
  return {.id = 0,
          .limit_id = limit_id,
          .user = user,
          .bytes = 5,
          .from_at = at(1),
          .until_at = at(2),
          .reason = "asked",
          .granted_by = "root"};
}

class StoreLimitsContract : public StoreContract {
 protected:
  std::unique_ptr<LimitStore> limits = store->limits();

  std::uint64_t add(const model::Limit& limit) {
    return base::value_or_throw(limits->add_limit(limit, done("limit_added")));
  }
  std::map<std::string, model::Counters> usage(base::Time from) {
    std::map<std::string, model::Counters> users;
    for (const auto& user : writer->usage(from)) users.emplace(user.user, user.bytes);
    return users;
  }
};

TEST_P(StoreLimitsContract, KeepsEveryMemberOfALimit) {
  auto limit = full_limit();
  limit.id = 77;
  limit.id = add(limit);
  EXPECT_EQ(limits->limits().limits, std::vector{limit});
  EXPECT_EQ(writer->limits().limits, std::vector{limit});
  auto changed = limit_of(model::LimitSubject::user, "bert");
  changed.id = limit.id;
  changed.created_by = "someone else";
  changed.created_at = at(999);
  ASSERT_TRUE(limits->change_limit(changed, done("limit_changed")));
  changed.created_by = limit.created_by;
  changed.created_at = limit.created_at;
  EXPECT_EQ(store->limits()->limits().limits, std::vector{changed});
}

TEST_P(StoreLimitsContract, NeverGivesAnIdAgain) {
  const auto first = add(full_limit());
  const auto grant = limits->add_grant(grant_of(first), done("grant_added")).value();
  ASSERT_TRUE(limits->remove_grant(grant, done("grant_removed")));
  EXPECT_GT(limits->add_grant(grant_of(first), done("grant_added")).value(), grant);
  ASSERT_TRUE(limits->remove_limit(first, done("limit_removed")));
  EXPECT_GT(add(full_limit()), first);
}

TEST_P(StoreLimitsContract, WritesTheAuditLineOfEachChangeAndGrowsTheRevision) {
  EXPECT_EQ(limits->limits().revision, 0U);
  const auto id = add(full_limit());
  ASSERT_TRUE(limits->reset({.limit_id = id, .at = at(3), .reset_by = "root"}, done("limit_reset")));
  limits->block({.user = "anna", .reason = "because", .blocked_by = "root", .at = at(4)}, done("user_blocked"));
  ASSERT_TRUE(limits->unblock("anna", done("user_unblocked")));
  limits->put_group({.name = "staff", .members = {"anna"}, .note = ""}, done("group_changed", "staff"));
  ASSERT_TRUE(limits->remove_group("staff", done("group_removed", "staff")));
  EXPECT_EQ(limits->limits().revision, 6U);
  const auto lines = accounts->audit(100);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[5].action, "limit_added");
  EXPECT_EQ(lines[5].reason, "why");
  EXPECT_EQ(lines[0].action, "group_removed");
}

TEST_P(StoreLimitsContract, RefusesWhatIsNotThereAndWritesNothing) {
  EXPECT_EQ(limits->remove_limit(9, done("x")).error().code, "not_found");
  EXPECT_EQ(limits->change_limit(full_limit(), done("x")).error().code, "not_found");
  EXPECT_EQ(limits->add_grant(grant_of(9), done("x")).error().code, "not_found");
  EXPECT_EQ(limits->remove_grant(9, done("x")).error().code, "not_found");
  EXPECT_EQ(limits->reset({.limit_id = 9}, done("x")).error().code, "not_found");
  EXPECT_EQ(limits->unblock("anna", done("x")).error().code, "not_found");
  EXPECT_EQ(limits->remove_group("staff", done("x")).error().code, "not_found");
  EXPECT_EQ(limits->add_limit(limit_of(model::LimitSubject::each, "staff"), done("x")).error().code, "not_found");
  EXPECT_EQ(limits->erase_user("", done("x")).error().code, "not_found");
  EXPECT_EQ(limits->limits().revision, 0U);
  EXPECT_TRUE(accounts->audit(10).empty());
}

TEST_P(StoreLimitsContract, KeepsAGroupWhileALimitBindsIt) {
  limits->put_group({.name = "staff", .members = {"bert", "anna", "bert", "\xff"}, .note = "all"}, done("group"));
  const auto id = add(limit_of(model::LimitSubject::group, "staff"));
  EXPECT_EQ(limits->remove_group("staff", done("x")).error().code, "in_use");
  ASSERT_EQ(limits->limits().groups.size(), 1U);
  EXPECT_EQ(limits->limits().groups[0].members, (std::vector<std::string>{"anna", "bert", "\xff"}));
  limits->put_group({.name = "staff", .members = {}, .note = "none"}, done("group"));
  EXPECT_EQ(limits->limits().groups.at(0), (model::Group{.name = "staff", .members = {}, .note = "none"}));
  ASSERT_TRUE(limits->remove_limit(id, done("limit_removed")));
  EXPECT_TRUE(limits->remove_group("staff", done("group_removed")));
  EXPECT_TRUE(limits->limits().groups.empty());
}

TEST_P(StoreLimitsContract, NeedsNoRowForEveryone) {
  add(limit_of(model::LimitSubject::each, model::everyone));
  EXPECT_TRUE(limits->limits().groups.empty());
  limits->put_group({.name = model::everyone, .members = {"anna"}, .note = "n"}, done("group"));
  EXPECT_TRUE(limits->limits().groups.at(0).members.empty());
}

TEST_P(StoreLimitsContract, RemovesGrantsAndResetsWithTheirLimitAndKeepsItsPeriods) {
  const auto id = add(full_limit());
  ASSERT_TRUE(limits->add_grant(grant_of(id), done("grant_added")));
  ASSERT_TRUE(limits->reset({.limit_id = id, .at = at(3), .reset_by = "root"}, done("limit_reset")));
  batch.periods = {
      {.limit_id = id, .user = "anna", .start_at = at(0), .end_at = at(60), .used_bytes = 4, .allowed_bytes = 5}};
  commit();
  ASSERT_TRUE(limits->remove_limit(id, done("limit_removed")));
  const auto all = limits->limits();
  EXPECT_TRUE(all.limits.empty());
  EXPECT_TRUE(all.grants.empty());
  EXPECT_TRUE(all.resets.empty());
  EXPECT_EQ(limits->periods(id, "anna", 10).size(), 1U);
}

TEST_P(StoreLimitsContract, KeepsOneResetAndOneBlockEach) {
  const auto id = add(full_limit());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(limits->reset({.limit_id = id, .user = "anna", .at = at(i), .reset_by = "root"}, done("limit_reset")));
    limits->block({.user = "anna", .until_at = at(i), .reason = "r", .blocked_by = "root", .at = at(i)}, done("block"));
  }
  ASSERT_TRUE(limits->reset({.limit_id = id, .user = "bert", .at = at(9)}, done("limit_reset")));
  const auto all = limits->limits();
  ASSERT_EQ(all.resets.size(), 2U);
  EXPECT_EQ(all.resets[0], (model::Reset{.limit_id = id, .user = "anna", .at = at(2), .reset_by = "root"}));
  ASSERT_EQ(all.blocks.size(), 1U);
  EXPECT_EQ(all.blocks[0].until_at, at(2));
}

TEST_P(StoreLimitsContract, KeepsAPeriodAsItWasFirstWritten) {
  model::UsagePeriod period{
      .limit_id = 1, .user = "anna", .start_at = at(0), .end_at = at(60), .used_bytes = 4, .allowed_bytes = 5};
  batch.periods = {period};
  commit();
  period.used_bytes = 99;
  auto next = period;
  next.start_at = at(60);
  auto other = period;
  other.user = "bert";
  batch.periods = {period, next, other};
  commit();
  const auto periods = limits->periods(1, "anna", 10);
  ASSERT_EQ(periods.size(), 2U);
  EXPECT_EQ(periods[0].start_at, at(60));
  EXPECT_EQ(periods[1].used_bytes, 4U);
  EXPECT_EQ(periods[1].end_at, at(60));
  EXPECT_EQ(limits->periods(1, "anna", 1).size(), 1U);
  EXPECT_EQ(writer->forget(at(86'400), {.days = base::Seconds(3'600)}, 100), 3U);
}

TEST_P(StoreLimitsContract, TakesWhatWasReckonedForTheResetThatStillStands) {
  const auto id = add(full_limit());
  model::Reset reset{.limit_id = id, .user = "anna", .at = at(3), .reset_by = "root"};
  ASSERT_TRUE(limits->reset(reset, done("limit_reset")));
  auto reckoned = reset;
  reckoned.period_start_at = at(0);
  reckoned.forgiven = model::Counters{10, 20};
  auto outdated = reckoned;
  outdated.at = at(2);
  outdated.forgiven = model::Counters{1, 1};
  batch.resets = {reckoned, outdated};
  commit();
  EXPECT_EQ(limits->limits().resets, std::vector{reckoned});
  reset.at = at(4);
  ASSERT_TRUE(limits->reset(reset, done("limit_reset")));
  batch.resets = {reckoned};
  commit();
  EXPECT_EQ(writer->limits().resets, std::vector{reset});
}

TEST_P(StoreLimitsContract, OnlyRaisesWhatIsSpentOfAGrant) {
  auto grant = grant_of(add(full_limit()), "anna");
  grant.id = limits->add_grant(grant, done("grant_added")).value();
  for (const std::uint64_t spent : {3U, 2U}) {
    grant.spent_bytes = spent;
    batch.grants = {grant};
    commit();
  }
  grant.spent_bytes = 3;
  EXPECT_EQ(limits->limits().grants, std::vector{grant});
  ASSERT_TRUE(limits->remove_grant(grant.id, done("grant_removed")));
  batch.grants = {grant};
  commit();
  EXPECT_TRUE(limits->limits().grants.empty());
}

TEST_P(StoreLimitsContract, TellsUsageToTheMinute) {
  constexpr int minutes = 3 * 1'440;
  for (model::SessionId id = 1; id <= 3; ++id) {
    auto stored = bare_session(id);
    stored.session.user = id == 3 ? "bert" : "anna";
    batch.sessions.push_back(stored);
    for (int minute = 0; minute < minutes; ++minute)
      batch.traffic.push_back(moved(id, stored.session.user, minute * 60 + 5, {1, id}));
  }
  commit();
  for (const int minute : {0, 1, 59, 60, 61, 90, 1'439, 1'440, 1'441, 2'000, 4'319, 4'320}) {
    const auto left = static_cast<std::uint64_t>(minutes - minute);
    const auto users = usage(at(minute * 60 + 30));
    if (left == 0) {
      EXPECT_TRUE(users.empty());
      continue;
    }
    EXPECT_EQ(users.at("anna"), (model::Counters{2 * left, 3 * left})) << minute;
    EXPECT_EQ(users.at("bert"), (model::Counters{left, 3 * left})) << minute;
    EXPECT_EQ(users.size(), 2U);
  }
  EXPECT_EQ(writer->usage(base::Time{}).at(0).user, "anna");
}

TEST_P(StoreLimitsContract, CountsTheWholeHourWhereItsMinutesAreForgotten) {
  batch.sessions = {bare_session(1)};
  for (int minute = 0; minute < 120; ++minute) batch.traffic.push_back(moved(1, "anna", minute * 60, {1, 0}));
  commit();
  EXPECT_EQ(usage(at(90 * 60)).at("anna").rx_bytes, 30U);
  EXPECT_EQ(writer->forget(at(86'400), {.minutes = base::Seconds(60), .hours = base::Seconds(0)}, 1'000), 120U);
  EXPECT_EQ(usage(at(90 * 60)).at("anna").rx_bytes, 60U);
  EXPECT_EQ(usage(at(0)).at("anna").rx_bytes, 120U);
}

TEST_P(StoreLimitsContract, GivesBackWhatClosedWithinTheLastHour) {
  for (int minute = 0; minute <= 100; minute += 10) {
    auto stored = bare_session(static_cast<model::SessionId>(minute + 1));
    stored.session = closed_form(stored.session, minute * 60);
    batch.sessions.push_back(stored);
  }
  auto open = bare_session(500);
  open.session.last_seen_at = at(120 * 60);
  batch.sessions.push_back(open);
  commit();
  const auto checkpoint = writer->load_checkpoint();
  ASSERT_EQ(checkpoint.recently_closed.size(), 5U);
  EXPECT_EQ(checkpoint.recently_closed.front().session.id, 61U);
  EXPECT_EQ(checkpoint.recently_closed.back().session.id, 101U);
  EXPECT_EQ(checkpoint.recently_closed.front().peer, bare_session(61).peer);
  EXPECT_EQ(checkpoint.open_sessions.size(), 1U);
}

TEST_P(StoreLimitsContract, GivesTheEventsOfOneUser) {
  for (std::uint64_t id = 1; id <= 9; ++id) {
    batch.events.push_back(full_event(id));
    batch.events.back().user = id % 2 == 0 ? "anna" : "bert";
  }
  commit();
  const auto newest = reader->user_events("anna", 3, std::nullopt);
  ASSERT_EQ(newest.size(), 3U);
  EXPECT_EQ(newest[0].id, 8U);
  EXPECT_EQ(reader->user_events("anna", 3, newest[2].id).at(0).id, 2U);
  EXPECT_TRUE(reader->user_events("nobody", 3, std::nullopt).empty());
}

TEST_P(StoreLimitsContract, RemembersHowJobsFared) {
  EXPECT_TRUE(writer->jobs().empty());
  writer->record_job({.name = "vacuum", .began_at = at(1), .ended_at = std::nullopt, .ok = true, .text = ""});
  const model::HouseJob job{
      .name = "vacuum", .began_at = at(1), .ended_at = at(2), .ok = false, .text = "no room", .next_at = at(3)};
  writer->record_job(job);
  writer->record_job({.name = "backup", .next_at = at(9)});
  const auto jobs = store->writer()->jobs();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].name, "backup");
  EXPECT_EQ(jobs[1], job);
  EXPECT_FALSE(writer->optimize().empty());
  EXPECT_FALSE(writer->checkpoint().empty());
  EXPECT_FALSE(writer->vacuum().empty());
}

}  // namespace davylamp::contract::testing
