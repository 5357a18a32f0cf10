// What every store must do. Include it in one test file of each implementation and instantiate:
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
// store_tiers_contract.hpp is the other half.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <set>

#include "base/result.hpp"
#include "contract/store.hpp"
#include "contract/testing/store_samples.hpp"

namespace davylamp::contract::testing {

// `open` makes an empty store that lives as long as the returned pointer.
struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<Store>()> open;
};
inline void PrintTo(const StoreFactory& factory, std::ostream* out) {
  *out << factory.name;
}

class StoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  std::unique_ptr<Store> store = GetParam().open();
  std::unique_ptr<StoreWriter> writer = store->writer();
  std::unique_ptr<StoreReader> reader = store->reader();
  std::unique_ptr<AccountStore> accounts = store->accounts();
  Batch batch{.number = 1};

  // Commits `batch` and begins the next.
  void commit() {
    writer->commit(batch);
    batch = Batch{.number = batch.number + 1};
  }
  std::vector<model::SessionId> ids(const SessionQuery& query) {
    std::vector<model::SessionId> found;
    for (const auto& session : reader->closed_sessions(query).items) found.push_back(session.id);
    return found;
  }
};

TEST_P(StoreContract, KeepsEveryMemberOfASession) {
  const auto whole = full_session(7);
  auto closed = full_session(8);
  closed.session = closed_form(closed.session, 900);
  batch.sessions = {whole, closed, bare_session(9)};
  commit();
  EXPECT_EQ(reader->session(7), whole.session);
  EXPECT_EQ(reader->session(8), closed.session);
  EXPECT_EQ(reader->session(9), bare_session(9).session);
  EXPECT_EQ(reader->session(10), std::nullopt);
}

TEST_P(StoreContract, GivesTheCheckpointBack) {
  EXPECT_EQ(writer->load_checkpoint().last_batch, 0U);
  EXPECT_EQ(writer->load_checkpoint().next_session_id, 1U);
  auto closed = full_session(40);
  closed.session = closed_form(closed.session, 10);
  batch.number = 12;
  batch.sessions = {full_session(3), closed, bare_session(5)};
  batch.servers = {full_server("udp"), model::Server{.name = "tcp", .source = "openvpn", .since_at = at(5)}};
  batch.events = {full_event(70), full_event(69)};
  commit();
  const auto checkpoint = store->writer()->load_checkpoint();
  EXPECT_EQ(checkpoint.last_batch, 12U);
  EXPECT_EQ(checkpoint.next_session_id, 41U);
  EXPECT_EQ(checkpoint.next_event_id, 71U);
  ASSERT_EQ(checkpoint.open_sessions.size(), 2U);
  EXPECT_EQ(checkpoint.open_sessions[0].session, full_session(3).session);
  EXPECT_EQ(checkpoint.open_sessions[0].peer, full_session(3).peer);
  EXPECT_EQ(checkpoint.open_sessions[0].source, full_session(3).source);
  EXPECT_EQ(checkpoint.open_sessions[1].session.id, 5U);
  ASSERT_EQ(checkpoint.servers.size(), 2U);
  EXPECT_EQ(checkpoint.servers[1], full_server("udp"));
  EXPECT_EQ(reader->servers(), checkpoint.servers);
}

TEST_P(StoreContract, IgnoresABatchThatItHasSeen) {
  batch.sessions = {full_session(1)};
  batch.traffic = {moved(1, "anna", 0, {10, 20})};
  batch.loads = {load(0, 4, {10, 20})};
  const auto first = batch;
  commit();
  writer->commit(first);
  store->writer()->commit(first);
  EXPECT_EQ(reader->user("anna")->sessions, 1U);
  EXPECT_EQ(reader->user("anna")->rx_bytes, 10U);
  EXPECT_EQ(reader->history({at(0), at(60), 60, {}}).points.at(0).tx_bytes, 20U);
  EXPECT_EQ(writer->load_checkpoint().last_batch, 1U);
}

TEST_P(StoreContract, WritesNothingOfABatchThatFails) {
  batch.sessions = {bare_session(1)};
  commit();
  batch.traffic = {moved(1, "anna", 0, {10, 20})};
  auto twin = bare_session(2);
  twin.peer = bare_session(1).peer;
  batch.sessions = {bare_session(3), twin};
  EXPECT_THROW(writer->commit(batch), base::Failure);
  EXPECT_EQ(writer->load_checkpoint().last_batch, 1U);
  EXPECT_EQ(reader->session(3), std::nullopt);
  EXPECT_EQ(reader->user("anna")->rx_bytes, 0U);
  batch.sessions = {bare_session(3)};
  commit();
  EXPECT_EQ(reader->user("anna")->rx_bytes, 10U);
  EXPECT_EQ(reader->user("anna")->sessions, 2U);
}

TEST_P(StoreContract, ReplacesASessionWithoutCountingItAgain) {
  for (int i = 0; i < 5; ++i) {
    auto stored = bare_session(1);
    stored.session.rx_bytes = static_cast<std::uint64_t>(i);
    stored.session.last_seen_at = at(i);
    batch.sessions = {stored, stored};
    commit();
  }
  auto last = bare_session(1);
  last.session = closed_form(last.session, 99);
  batch.sessions = {last};
  commit();
  batch.sessions = {last};
  commit();
  EXPECT_EQ(reader->user("anna")->sessions, 1U);
  EXPECT_EQ(reader->user("anna")->last_seen_at, at(99));
  EXPECT_EQ(reader->session(1), last.session);
  EXPECT_TRUE(reader->open_sessions().empty());
}

TEST_P(StoreContract, CountsASessionForTheUserThatIsLearntLate) {
  auto stored = bare_session(1);
  stored.session.user = "";
  batch.sessions = {stored};
  commit();
  batch.sessions = {bare_session(1)};
  batch.traffic = {moved(1, "anna", 0, {3, 4})};
  commit();
  EXPECT_EQ(reader->user("anna")->sessions, 1U);
  EXPECT_EQ(reader->user("anna")->tx_bytes, 4U);
  EXPECT_EQ(reader->user(""), std::nullopt);
}

TEST_P(StoreContract, OpensASessionOfAPeerAgainOnceItIsClosed) {
  auto first = bare_session(1);
  first.session = closed_form(first.session, 5);
  batch.sessions = {bare_session(1)};
  commit();
  auto second = bare_session(2);
  second.peer = first.peer;
  batch.sessions = {first, second};
  commit();
  EXPECT_EQ(reader->open_sessions().at(0).id, 2U);
  batch.sessions = {bare_session(1)};
  EXPECT_THROW(writer->commit(batch), base::Failure);
}

TEST_P(StoreContract, KeepsTotalsOfUsers) {
  auto early = full_session(1);
  auto late = full_session(2);
  late.session.opened_at = at(-500);
  late.session.place->country_code = "FR";
  batch.sessions = {late, early};
  batch.traffic = {moved(1, "anna", 0, {1, 2}), moved(2, "anna", 3600, {10, 20}), moved(3, "bert", 0, {5, 5})};
  commit();
  const auto anna = reader->user("anna").value();
  EXPECT_EQ(anna.sessions, 2U);
  EXPECT_EQ(anna.rx_bytes, 11U);
  EXPECT_EQ(anna.tx_bytes, 22U);
  EXPECT_EQ(anna.first_seen_at, at(-500));
  EXPECT_EQ(anna.last_seen_at, at(100));
  EXPECT_EQ(anna.country_code, "FR");
  EXPECT_EQ(reader->user("bert")->sessions, 0U);
  EXPECT_EQ(reader->user("nobody"), std::nullopt);
}

TEST_P(StoreContract, KeepsNamesAsTheBytesThatCame) {
  const std::vector<std::string> names = {
      "\xff", "a\"b'c,d;--", "\xF0\x9F\x90\xA6", std::string(1000, 'x'), std::string("nul\0tail", 8), "nul", "", "%_\\",
      "Anna", "anna"};
  model::SessionId id = 0;
  for (const auto& name : names) {
    auto stored = bare_session(++id);
    stored.session.user = name;
    stored.session.common_name = name;
    stored.session = closed_form(stored.session, 10);
    batch.sessions.push_back(stored);
    batch.traffic.push_back(moved(id, name, 0, {id, 0}));
  }
  commit();
  id = 0;
  for (const auto& name : names) {
    EXPECT_EQ(reader->session(++id)->user, name);
    EXPECT_EQ(reader->session(id)->common_name, name);
    EXPECT_EQ(reader->user(name)->rx_bytes, id);
    EXPECT_EQ(ids({.users = {name}}), std::vector{id});
    EXPECT_EQ(reader->user_traffic(name, at(0), at(60)).points.at(0).rx_bytes, id);
  }
  EXPECT_EQ(ids({.text = "%"}), std::vector<model::SessionId>{8});
  EXPECT_EQ(ids({.text = "_"}), std::vector<model::SessionId>{8});
  EXPECT_EQ(ids({.text = "\xff"}), std::vector<model::SessionId>{1});
  EXPECT_EQ(ids({.text = "TAIL"}), std::vector<model::SessionId>{5});
  EXPECT_EQ(reader->users({}).total, names.size());
}

TEST_P(StoreContract, PagesSessionsInEveryOrderWithoutLossOrDouble) {
  constexpr model::SessionId count = 60;
  for (model::SessionId id = 1; id <= count; ++id) batch.sessions.push_back(varied_session(id));
  batch.sessions.push_back(bare_session(count + 1));
  commit();
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<SessionSort>>([&](auto sort) {
    std::vector<std::vector<model::SessionId>> orders;
    for (const auto direction : {Direction::ascending, Direction::descending}) {
      SessionQuery query{.sort = sort.value, .direction = direction, .limit = 7};
      std::vector<model::SessionId> paged;
      do {
        const auto page = reader->closed_sessions(query);
        EXPECT_EQ(page.total, count) << sort.name;
        for (const auto& session : page.items) paged.push_back(session.id);
        query.cursor = page.next_cursor;
      } while (query.cursor && paged.size() <= count);
      EXPECT_EQ(std::set(paged.begin(), paged.end()).size(), count) << sort.name;
      EXPECT_EQ(paged.size(), count) << sort.name;
      orders.push_back(paged);
    }
    std::ranges::reverse(orders[1]);
    EXPECT_EQ(orders[0], orders[1]) << sort.name;
  });
}

TEST_P(StoreContract, SortsAddressesAndBytesByNumber) {
  const std::vector<std::string> addresses = {"10.0.0.9", "10.0.0.10", "9.255.255.255", "2001:db8::1"};
  model::SessionId id = 0;
  for (const auto& address : addresses) {
    auto stored = bare_session(++id);
    stored.session.real_address = *model::Address::parse(address);
    stored.session.rx_bytes = id == 1 ? 9 : 10 + id;
    stored.session = closed_form(stored.session, 10);
    batch.sessions.push_back(stored);
  }
  commit();
  EXPECT_EQ(ids({.sort = SessionSort::real_address, .direction = Direction::ascending}),
            (std::vector<model::SessionId>{3, 1, 2, 4}));
  EXPECT_EQ(ids({.sort = SessionSort::rx_bytes, .direction = Direction::ascending}),
            (std::vector<model::SessionId>{1, 2, 3, 4}));
}

TEST_P(StoreContract, KeepsItsPlaceWhileSessionsAreAdded) {
  for (model::SessionId id = 1; id <= 20; ++id) {
    auto stored = bare_session(id);
    stored.session = closed_form(stored.session, static_cast<int>(id) * 10);
    batch.sessions.push_back(stored);
  }
  commit();
  SessionQuery query{.limit = 10};
  const auto first = reader->closed_sessions(query);
  auto newest = bare_session(21);
  newest.session = closed_form(newest.session, 9999);
  batch.sessions = {newest};
  commit();
  query.cursor = first.next_cursor;
  const auto second = ids(query);
  EXPECT_EQ(second.front(), 10U);
  EXPECT_EQ(second.back(), 1U);
}

TEST_P(StoreContract, RefusesACursorThatIsNotItsOwn) {
  for (model::SessionId id = 1; id <= 3; ++id) batch.sessions.push_back(varied_session(id));
  commit();
  const auto cursor = reader->closed_sessions({.limit = 1}).next_cursor;
  ASSERT_TRUE(cursor);
  const auto code = [&](const SessionQuery& query) -> std::string {
    try {
      reader->closed_sessions(query);
    } catch (const base::Failure& failure) {
      return failure.error().code;
    }
    return "accepted";
  };
  EXPECT_EQ(code({.cursor = cursor}), "accepted");
  EXPECT_EQ(code({.sort = SessionSort::user, .cursor = cursor}), "bad_cursor");
  EXPECT_EQ(code({.direction = Direction::ascending, .cursor = cursor}), "bad_cursor");
  for (const std::string bad :
       {"", "x", "-closed_at.1.2", "-closed_at.x..31", "-closed_at.1.zz.31", "-closed_at.1..", "' OR 1=1 --"}) {
    EXPECT_EQ(code({.cursor = bad}), "bad_cursor") << bad;
  }
  EXPECT_THROW(reader->users({.cursor = cursor}), base::Failure);
}

TEST_P(StoreContract, FiltersSessions) {
  for (model::SessionId id = 1; id <= 60; ++id) batch.sessions.push_back(varied_session(id));
  commit();
  const auto check = [&](const SessionQuery& query, const std::function<bool(const model::Session&)>& wanted) {
    const auto page = reader->closed_sessions(query);
    std::uint64_t matching = 0;
    for (model::SessionId id = 1; id <= 60; ++id) matching += wanted(varied_session(id).session) ? 1U : 0U;
    EXPECT_GT(matching, 0U);
    EXPECT_EQ(page.total, matching);
    EXPECT_EQ(page.items.size(), matching);
    for (const auto& session : page.items) EXPECT_TRUE(wanted(session)) << session.id;
  };
  check({.servers = {"udp"}}, [](const auto& session) { return session.server == "udp"; });
  check({.servers = {"udp", "tcp"}}, [](const auto&) { return true; });
  check({.users = {"user-1", "user-2"}},
        [](const auto& session) { return session.user == "user-1" || session.user == "user-2"; });
  check({.country_codes = {"DE"}},
        [](const auto& session) { return session.place && session.place->country_code == "DE"; });
  check({.transports = {"tcp"}}, [](const auto& session) { return session.transport == "tcp"; });
  check({.servers = {"udp"}, .country_codes = {"FR"}, .text = "USER-1"}, [](const auto& session) {
    return session.server == "udp" && session.place && session.place->country_code == "FR" &&
           session.user.starts_with("user-1");
  });
  EXPECT_EQ(reader->closed_sessions({.users = {"nobody"}}).total, 0U);
}

TEST_P(StoreContract, FindsTextInEveryColumnThatPeopleSearch) {
  auto stored = full_session(1);
  stored.session = closed_form(stored.session, 900);
  batch.sessions = {stored};
  commit();
  for (const std::string text :
       {"ANN", "common", "198.51.100.7", "10.8.0.6", "fd00::", "germany", "lin", "example net"}) {
    EXPECT_EQ(reader->closed_sessions({.text = text}).total, 1U) << text;
  }
  EXPECT_EQ(reader->closed_sessions({.text = "absent"}).total, 0U);
}

TEST_P(StoreContract, PagesUsersInEveryOrder) {
  for (model::SessionId id = 1; id <= 30; ++id) {
    auto stored = varied_session(id);
    stored.session.user = "user-" + std::to_string(id % 13);
    batch.sessions.push_back(stored);
    batch.traffic.push_back(moved(id, stored.session.user, 0, {id % 3, id % 4}));
  }
  commit();
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<UserSort>>([&](auto sort) {
    for (const auto direction : {Direction::ascending, Direction::descending}) {
      UserQuery query{.sort = sort.value, .direction = direction, .limit = 4};
      std::set<std::string> seen;
      std::size_t rows = 0;
      do {
        const auto page = reader->users(query);
        EXPECT_EQ(page.total, 13U);
        for (const auto& row : page.items) seen.insert(row.user);
        rows += page.items.size();
        query.cursor = page.next_cursor;
      } while (query.cursor && rows <= 13);
      EXPECT_EQ(rows, 13U) << sort.name;
      EXPECT_EQ(seen.size(), 13U) << sort.name;
    }
  });
  EXPECT_EQ(reader->users({.text = "ER-1"}).total, 4U);
}

TEST_P(StoreContract, WidensEndpoints) {
  const model::Endpoint endpoint{*model::Address::parse("198.51.100.7"), std::uint16_t{40'000}};
  const model::Endpoint portless{*model::Address::parse("2001:db8::7"), std::nullopt};
  batch.sessions = {bare_session(1)};
  batch.endpoints = {{1, endpoint, std::nullopt, at(10), at(20)}, {1, portless, std::nullopt, at(30), at(30)}};
  commit();
  batch.endpoints = {{1, endpoint, sample_place(), at(15), at(90)},
                     {1, endpoint, std::nullopt, at(5), at(6)},
                     {1, portless, std::nullopt, at(31), at(31)},
                     {2, endpoint, std::nullopt, at(1), at(1)}};
  commit();
  const auto rows = reader->endpoints(1);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].real_address, endpoint.address);
  EXPECT_EQ(rows[0].real_port, endpoint.port);
  EXPECT_EQ(rows[0].place, sample_place());
  EXPECT_EQ(rows[0].first_seen_at, at(5));
  EXPECT_EQ(rows[0].last_seen_at, at(90));
  EXPECT_EQ(rows[1].real_port, std::nullopt);
  EXPECT_EQ(rows[1].last_seen_at, at(31));
}

TEST_P(StoreContract, GivesTheNewestEventsFirst) {
  for (std::uint64_t id = 1; id <= 9; ++id) batch.events.push_back(full_event(id));
  batch.events[3] =
      model::Event{.id = 4, .at = at(4), .kind = model::EventKind::server_state, .server = "udp", .text = "down"};
  commit();
  const auto newest = reader->events(4, std::nullopt);
  ASSERT_EQ(newest.size(), 4U);
  EXPECT_EQ(newest[0], full_event(9));
  EXPECT_EQ(newest[3].id, 6U);
  const auto older = reader->events(4, 6);
  EXPECT_EQ(older[0].id, 5U);
  EXPECT_EQ(older[1].text, "down");
  EXPECT_EQ(older[1].place, std::nullopt);
}

}  // namespace davylamp::contract::testing
