#include "api/session_filter.hpp"

#include <gtest/gtest.h>
#include <algorithm>

#include "api/testing/api_under_test.hpp"
#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using contract::Direction;
using contract::SessionQuery;
using contract::SessionSort;
using testing::sample_session;

std::vector<model::Session> many() {
  return {sample_session({.id = 1, .user = "alice"}), sample_session({.id = 2, .user = "Bob", .country_code = "FR"}),
          sample_session({.id = 3, .user = "carol", .server = "hel-1", .country_code = ""}),
          sample_session({.id = 4, .user = "alice", .server = "hel-1", .country_code = "JP"})};
}

std::vector<const model::Session*> pointers(const std::vector<model::Session>& sessions) {
  std::vector<const model::Session*> all;
  for (const auto& session : sessions) all.push_back(&session);
  return all;
}

std::vector<model::SessionId> ids(const std::vector<model::Session>& sessions) {
  std::vector<model::SessionId> all;
  std::ranges::transform(sessions, std::back_inserter(all), &model::Session::id);
  return all;
}

std::vector<model::SessionId> found(const SessionQuery& query) {
  const auto sessions = many();
  auto page = base::value_or_throw(page_of(pointers(sessions), query));
  EXPECT_EQ(page.total, page.items.size());
  auto all = ids(page.items);
  std::ranges::sort(all);
  return all;
}

using Ids = std::vector<model::SessionId>;

std::vector<model::SessionId> ordered(SessionSort sort, Direction direction) {
  const auto sessions = many();
  SessionQuery query;
  query.sort = sort;
  query.direction = direction;
  return ids(base::value_or_throw(page_of(pointers(sessions), query)).items);
}

}  // namespace

TEST(SessionFilter, TakesAllWithoutFilters) {
  EXPECT_EQ(found({}), (Ids{1, 2, 3, 4}));
}

TEST(SessionFilter, NeedsEveryFilterToPass) {
  EXPECT_EQ(found({.servers = {"hel-1"}}), (Ids{3, 4}));
  EXPECT_EQ(found({.servers = {"hel-1"}, .users = {"alice"}}), (Ids{4}));
  EXPECT_EQ(found({.users = {"bob"}}), Ids{});
  EXPECT_EQ(found({.country_codes = {"DE", "JP"}}), (Ids{1, 4}));
  EXPECT_EQ(found({.transports = {"tcp"}}), Ids{});
}

TEST(SessionFilter, LooksForTextIgnoringAsciiCase) {
  EXPECT_EQ(found({.text = "BOB"}), (Ids{2}));
  EXPECT_EQ(found({.text = "paris"}), (Ids{2}));
  EXPECT_EQ(found({.text = "japan"}), (Ids{4}));
  EXPECT_EQ(found({.text = "example net"}), (Ids{1, 2, 4}));
  EXPECT_EQ(found({.text = "198.51.100.2"}), (Ids{1}));
  EXPECT_EQ(found({.text = "10.8.0.4"}), (Ids{3}));
  EXPECT_EQ(found({.text = "T\u014DKY\u014D"}), (Ids{4}));
  EXPECT_EQ(found({.text = "hel-1"}), Ids{});
}

TEST(SessionFilter, OrdersByEveryKeyAndThenById) {
  EXPECT_EQ(ordered(SessionSort::tx_bps, Direction::descending), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(ordered(SessionSort::user, Direction::ascending), (Ids{2, 1, 4, 3}));
  EXPECT_EQ(ordered(SessionSort::user, Direction::descending), (Ids{3, 4, 1, 2}));
  EXPECT_EQ(ordered(SessionSort::country, Direction::ascending), (Ids{3, 2, 1, 4}));
  EXPECT_EQ(ordered(SessionSort::server, Direction::ascending), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(ordered(SessionSort::opened_at, Direction::ascending), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(ordered(SessionSort::real_address, Direction::ascending), (Ids{3, 1, 2, 4}));
}

TEST(SessionFilter, PagesThroughAllWithoutRepeatsWhileSessionsComeAndGo) {
  auto sessions = many();
  SessionQuery query;
  query.sort = SessionSort::user;
  query.direction = Direction::ascending;
  query.limit = 1;
  Ids seen;
  for (int page_number = 0; page_number < 10; ++page_number) {
    const auto page = base::value_or_throw(page_of(pointers(sessions), query));
    for (const auto id : ids(page.items)) seen.push_back(id);
    if (!page.next_cursor) break;
    query.cursor = page.next_cursor;
    if (page_number == 0) sessions.erase(sessions.begin() + 1);  // the one that the cursor points at
  }
  EXPECT_EQ(seen, (Ids{2, 1, 4, 3}));
}

TEST(SessionFilter, RefusesACursorThatIsNotOurs) {
  const auto sessions = many();
  for (const auto* cursor : {"x", "e30", "{}", "////", "AAAA"}) {
    SessionQuery query;
    query.cursor = cursor;
    const auto page = page_of(pointers(sessions), query);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, "bad_cursor");
  }
}

}  // namespace davylamp::api
