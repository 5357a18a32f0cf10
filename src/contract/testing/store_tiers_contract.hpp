// What every store must do with traffic, load, retention and accounts: the other half of store_contract.hpp.
#pragma once

#include <limits>
#include <set>
#include <thread>

#include "contract/testing/store_contract.hpp"

namespace davylamp::contract::testing {

TEST_P(StoreContract, AddsTheSameTrafficToEveryTier) {
  batch.sessions = {full_session(1), full_session(2)};
  model::Counters sum;
  for (int i = 0; i < 300; ++i) {
    const model::Counters bytes{static_cast<std::uint64_t>(i), 2};
    batch.traffic.push_back(moved(1 + static_cast<model::SessionId>(i % 2), "anna", i * 997, bytes));
    batch.loads.push_back(load(i * 997, 2, bytes));
    sum += bytes;
    if (i % 50 == 49) commit();
  }
  const auto total = [](const auto& points) {
    model::Counters added;
    for (const auto& point : points) added += {point.rx_bytes, point.tx_bytes};
    return added;
  };
  for (const std::uint64_t step : {60U, 300U, 3'600U, 86'400U}) {
    EXPECT_EQ(total(reader->history({at(0), at(5 * 86'400), step, {}}).points), sum) << step;
    EXPECT_EQ(total(reader->history({at(0), at(5 * 86'400), step, {"udp"}}).points), sum) << step;
  }
  EXPECT_EQ(total(reader->user_traffic("anna", at(0), at(5 * 86'400)).points), sum);
  EXPECT_EQ(total(reader->user_traffic("anna", base::Time{}, at(5 * 86'400)).points), sum);
  EXPECT_EQ(reader->user_traffic("anna", base::Time{}, at(5 * 86'400)).step_seconds, 86'400U);
  const auto user = reader->user("anna").value();
  EXPECT_EQ((model::Counters{user.rx_bytes, user.tx_bytes}), sum);
  const auto totals = reader->totals(at(0), at(5 * 86'400), {});
  EXPECT_EQ((model::Counters{totals.rx_bytes, totals.tx_bytes}), sum);
  EXPECT_EQ(totals.sessions, 2U);
}

TEST_P(StoreContract, CutsTotalsToTheMinute) {
  batch.sessions = {full_session(1)};
  for (int minute = 0; minute < 3 * 1'440; ++minute) batch.loads.push_back(load(minute * 60, 1, {1, 0}));
  commit();
  for (const auto& [from, to] :
       {std::pair{0, 1}, {10, 20}, {59, 61}, {10, 1'500}, {1'439, 4'000}, {0, 4'320}, {50, 50}, {70, 10}}) {
    EXPECT_EQ(reader->totals(at(from * 60), at(to * 60), {"udp"}).rx_bytes,
              static_cast<std::uint64_t>(std::max(0, to - from)))
        << from << " to " << to;
  }
  EXPECT_EQ(reader->totals(at(0), at(60), {"tcp"}).rx_bytes, 0U);
  EXPECT_EQ(reader->totals(at(0), at(60), {"tcp"}).sessions, 0U);
}

TEST_P(StoreContract, DrawsTheTrafficOfASession) {
  auto stored = full_session(1);
  stored.session.opened_at = at(0);
  batch.sessions = {stored, full_session(2)};
  for (int minute = 0; minute < 200; ++minute) {
    if (minute == 50) continue;
    batch.traffic.push_back(moved(1, "anna", minute * 60 + 7, {1, 2}));
    batch.traffic.push_back(moved(2, "anna", minute * 60, {100, 100}));
  }
  commit();
  const auto fine = reader->session_traffic(1, 500);
  EXPECT_EQ(fine.step_seconds, 60U);
  ASSERT_EQ(fine.points.size(), 199U);
  EXPECT_EQ(fine.points[50].at, at(51 * 60));
  const auto coarse = reader->session_traffic(1, 40);
  EXPECT_EQ(coarse.step_seconds, 300U);
  ASSERT_EQ(coarse.points.size(), 40U);
  EXPECT_EQ(coarse.points[10].rx_bytes, 4U);
  EXPECT_EQ(coarse.points[11].tx_bytes, 10U);
  EXPECT_TRUE(reader->session_traffic(77, 10).points.empty());
}

TEST_P(StoreContract, TellsASilentMinuteFromAGap) {
  batch.loads = {load(0, 3, {5, 6}), load(60, 2), load(180, 1)};
  commit();
  const auto points = reader->history({at(0), at(600), 60, {}}).points;
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].rx_bytes, 5U);
  EXPECT_EQ(points[1].rx_bytes, 0U);
  EXPECT_EQ(points[1].sessions, 2U);
  EXPECT_EQ(points[2].at, at(180));
  EXPECT_EQ(reader->history({at(60), at(180), 60, {}}).points.size(), 1U);
  EXPECT_TRUE(reader->history({at(0), at(600), 60, {"tcp"}}).points.empty());
}

TEST_P(StoreContract, TakesTheMostSessionsOfOneMinuteOverAllServers) {
  batch.loads = {load(0, 10), load(0, 1, {}, "tcp")};
  commit();
  batch.loads = {load(0, 7), load(60, 1)};
  commit();
  batch.loads = {load(60, 8, {}, "tcp")};
  commit();
  for (const std::uint64_t step : {300U, 3'600U, 86'400U}) {
    EXPECT_EQ(reader->history({at(0), at(600), step, {}}).points.at(0).sessions, 11U) << step;
    EXPECT_EQ(reader->history({at(0), at(600), step, {"tcp"}}).points.at(0).sessions, 8U) << step;
  }
  EXPECT_EQ(reader->history({at(0), at(600), 60, {}}).points.at(1).sessions, 9U);
}

TEST_P(StoreContract, SurvivesCountersBeyondItsRange) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  auto stored = full_session(1);
  stored.session.rx_bytes = most;
  stored.session = closed_form(stored.session, 5);
  batch.sessions = {stored, varied_session(2)};
  batch.loads = {load(0, 1, {most, 1}), load(1, 1, {most, 1})};
  batch.traffic = {moved(1, "anna", 0, {most, 1}), moved(1, "anna", 1, {most, 1}), moved(2, "anna", 2, {7, 1})};
  batch.cursors = {{{"node", "openvpn", "udp"}, most, most}};
  commit();
  batch.traffic = {moved(1, "anna", 0, {most, 1})};
  commit();
  constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(reader->session(1)->rx_bytes, greatest);
  EXPECT_EQ(reader->user("anna")->rx_bytes, greatest);
  EXPECT_EQ(reader->user("anna")->tx_bytes, 4U);
  EXPECT_EQ(reader->history({at(0), at(60), 3'600, {}}).points.at(0).rx_bytes, greatest);
  EXPECT_EQ(reader->session_traffic(1, 10).points.at(0).tx_bytes, 3U);
  EXPECT_EQ(ids({.sort = SessionSort::rx_bytes}), (std::vector<model::SessionId>{1, 2}));
}

TEST_P(StoreContract, ForgetsInSlicesAndKeepsTotals) {
  auto old = bare_session(1);
  old.session = closed_form(old.session, 0);
  auto young = bare_session(2);
  young.session = closed_form(young.session, 86'000);
  batch.sessions = {old, young, bare_session(3)};
  for (std::uint16_t port = 1; port <= 5; ++port) {
    const model::Endpoint endpoint{*model::Address::parse("192.0.2.1"), port};
    batch.endpoints.push_back({1, endpoint, std::nullopt, at(0), at(0)});
    batch.endpoints.push_back({3, endpoint, std::nullopt, at(0), at(0)});
  }
  for (int minute = 0; minute < 10; ++minute) {
    batch.traffic.push_back(moved(1, "anna", minute * 60, {1, 1}));
    batch.loads.push_back(load(minute * 60, 1, {1, 1}));
  }
  batch.events = {full_event(1), full_event(2)};
  commit();
  accounts->append_audit({.at = at(0), .account = "root", .action = "login", .subject = "", .remote_address = ""});
  const base::Seconds hour{3'600};
  const Retention retention{
      .minutes = hour, .hours = hour, .days = base::Seconds(0), .sessions = hour, .events = hour, .audit = hour};
  std::uint64_t removed = 0;
  for (std::uint64_t slice = 4; slice == 4;) {
    slice = writer->forget(at(86'400), retention, 4);
    EXPECT_LE(slice, 4U);
    removed += slice;
  }
  // 10 minutes and their loads, an hour, its load and its peak, 5 endpoints and a session, 2 events, an audit line.
  EXPECT_EQ(removed, 10U + 10U + 1U + 1U + 1U + 5U + 1U + 2U + 1U);
  EXPECT_EQ(reader->session(1), std::nullopt);
  EXPECT_TRUE(reader->session(2).has_value());
  EXPECT_EQ(reader->endpoints(1).size(), 0U);
  EXPECT_EQ(reader->endpoints(3).size(), 5U);
  EXPECT_TRUE(reader->events(10, std::nullopt).empty());
  EXPECT_EQ(reader->user("anna")->sessions, 3U);
  EXPECT_EQ(reader->user("anna")->rx_bytes, 10U);
  EXPECT_EQ(reader->history({at(0), at(86'400), 86'400, {}}).points.at(0).rx_bytes, 10U);
  EXPECT_EQ(writer->load_checkpoint().next_session_id, 4U);
  EXPECT_EQ(writer->load_checkpoint().next_event_id, 3U);
  writer->optimize();
}

TEST_P(StoreContract, ForgetsNothingWhenToldToKeepForEver) {
  auto old = bare_session(1);
  old.session = closed_form(old.session, 0);
  batch.sessions = {old};
  batch.traffic = {moved(1, "anna", 0, {1, 1})};
  commit();
  const base::Seconds ever{0};
  EXPECT_EQ(writer->forget(at(200'000'000), {ever, ever, ever, ever, ever, ever}, 100), 0U);
}

TEST_P(StoreContract, KeepsAccounts) {
  const model::Account root{.name = "root", .role = model::Role::admin, .password_hash = "hash", .created_at = at(1)};
  EXPECT_TRUE(accounts->add_account(root));
  EXPECT_EQ(accounts->add_account(root).error().code, "exists");
  EXPECT_TRUE(accounts->add_account(
      {.name = "eve", .role = model::Role::operator_, .password_hash = "x", .created_at = at(2)}));
  accounts->record_login("root", at(9));
  const auto stored = store->accounts()->account("root").value();
  EXPECT_EQ(stored.role, model::Role::admin);
  EXPECT_EQ(stored.password_hash, "hash");
  EXPECT_EQ(stored.created_at, at(1));
  EXPECT_EQ(stored.last_login_at, at(9));
  ASSERT_EQ(accounts->accounts().size(), 2U);
  EXPECT_EQ(accounts->accounts()[0].name, "eve");
  EXPECT_EQ(accounts->accounts()[0].last_login_at, std::nullopt);
  EXPECT_FALSE(accounts->account("nobody").has_value());
  EXPECT_EQ(accounts->set_password("nobody", "y").error().code, "not_found");
}

TEST_P(StoreContract, LetsARefreshTokenBeUsedOnce) {
  ASSERT_TRUE(accounts->add_account({.name = "root", .password_hash = "hash"}));
  const model::RefreshToken token{.token_hash = "t1", .family = "f1", .account = "root", .expires_at = at(100)};
  accounts->add_refresh_token(token);
  EXPECT_FALSE(accounts->use_refresh_token("t1", at(5))->used_at.has_value());
  EXPECT_EQ(accounts->use_refresh_token("t1", at(6))->used_at, at(5));
  EXPECT_EQ(accounts->use_refresh_token("t1", at(7))->used_at, at(5));
  EXPECT_EQ(accounts->use_refresh_token("t1", at(7))->family, "f1");
  EXPECT_FALSE(accounts->use_refresh_token("t2", at(7)).has_value());
}

TEST_P(StoreContract, RevokesRefreshTokens) {
  ASSERT_TRUE(accounts->add_account({.name = "root", .password_hash = "hash"}));
  ASSERT_TRUE(accounts->add_account({.name = "eve", .password_hash = "hash"}));
  const auto add = [&](const std::string& hash, const std::string& family, const std::string& account, int expires) {
    accounts->add_refresh_token({.token_hash = hash, .family = family, .account = account, .expires_at = at(expires)});
  };
  add("a", "f1", "root", 100);
  add("b", "f1", "root", 100);
  add("c", "f2", "root", 100);
  add("d", "f3", "eve", 50);
  add("e", "f4", "eve", 100);
  const auto known = [&](const std::string& hash) { return accounts->use_refresh_token(hash, at(0)).has_value(); };
  accounts->revoke_family("f1");
  EXPECT_FALSE(known("a"));
  EXPECT_FALSE(known("b"));
  EXPECT_TRUE(known("c"));
  accounts->forget_refresh_tokens(at(60));
  EXPECT_FALSE(known("d"));
  EXPECT_TRUE(accounts->set_password("root", "new"));
  EXPECT_FALSE(known("c"));
  EXPECT_TRUE(known("e"));
  EXPECT_THROW(add("x", "f", "nobody", 1), base::Failure);
}

TEST_P(StoreContract, GivesOneOfTwoConcurrentUsersTheUnusedToken) {
  ASSERT_TRUE(accounts->add_account({.name = "root", .password_hash = "hash"}));
  for (int round = 0; round < 10; ++round) {
    const auto hash = "t" + std::to_string(round);
    accounts->add_refresh_token({.token_hash = hash, .family = "f", .account = "root", .expires_at = at(100)});
    int first = -1;
    int second = -1;
    const auto use = [&](int& unused) { unused = store->accounts()->use_refresh_token(hash, at(1))->used_at ? 0 : 1; };
    std::thread other([&] { use(first); });
    use(second);
    other.join();
    EXPECT_EQ(first + second, 1);
  }
}

TEST_P(StoreContract, WritesTheAuditLog) {
  for (int i = 0; i < 5; ++i) {
    accounts->append_audit(
        {.at = at(i), .account = "root", .action = "login", .subject = std::to_string(i), .remote_address = "::1"});
  }
  const auto newest = accounts->audit(2);
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].subject, "4");
  EXPECT_EQ(newest[0].at, at(4));
  EXPECT_EQ(newest[1].remote_address, "::1");
}

TEST_P(StoreContract, MakesTheSigningKeyOnce) {
  const std::string key("\0\xff first", 8);
  EXPECT_EQ(accounts->signing_key(key), key);
  EXPECT_EQ(store->accounts()->signing_key("second"), key);
}

TEST_P(StoreContract, TellsWhoHadAnAddressAtATime) {
  const auto add = [this](model::SessionId id, int opened, int closed, const char* real, const char* own) {
    auto stored = full_session(id);
    stored.session.opened_at = at(opened);
    stored.session.real_address = *model::Address::parse(real);
    stored.session.virtual_address = *model::Address::parse(own);
    stored.session = closed_form(stored.session, closed);
    batch.sessions.push_back(stored);
  };
  add(1, 0, 100, "198.51.100.7", "10.8.0.6");
  add(2, 50, 200, "198.51.100.7", "10.8.0.7");
  add(3, 150, 300, "198.51.100.9", "10.8.0.6");
  commit();
  const auto found = [this](const char* address, std::optional<int> seconds) {
    SessionQuery query;
    query.address = *model::Address::parse(address);
    if (seconds) query.at = at(*seconds);
    std::set<model::SessionId> ids;
    for (const auto& session : reader->closed_sessions(query).items) ids.insert(session.id);
    return ids;
  };
  using Set = std::set<model::SessionId>;
  EXPECT_EQ(found("198.51.100.7", {}), (Set{1, 2}));
  EXPECT_EQ(found("198.51.100.7", 75), (Set{1, 2}));
  EXPECT_EQ(found("198.51.100.7", 100), (Set{1, 2}));
  EXPECT_EQ(found("198.51.100.7", 101), (Set{2}));
  EXPECT_EQ(found("10.8.0.6", 75), (Set{1}));
  EXPECT_EQ(found("10.8.0.6", 200), (Set{3}));
  EXPECT_EQ(found("fd00::6", 60), (Set{1, 2}));
  EXPECT_EQ(found("10.8.0.6", 120), Set{});
}

}  // namespace davylamp::contract::testing
