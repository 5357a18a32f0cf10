// The list of quotas: its order, its filters, its pages; and quotas in live frames.
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "api/live_frames.hpp"
#include "api/quota_filter.hpp"
#include "api/testing/api_under_test.hpp"
#include "api/testing/golden.hpp"
#include "api/testing/sample_limits.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

using testing::sample_now;
using testing::sample_quota;
using Users = std::vector<std::string>;

std::vector<model::Quota> all_quotas() {
  auto soon = sample_quota(1, "soon", 60);
  soon.runs_out_at = sample_now + base::Seconds(60);
  auto later = sample_quota(1, "later", 80);
  later.runs_out_at = sample_now + base::Seconds(600);
  auto team = sample_quota(2, "", 10);
  team.group = "Team";
  return {team, sample_quota(1, "half", 40), later, sample_quota(1, "out", 100), soon, sample_quota(1, "third", 33)};
}

class Quotas : public ::testing::Test {
 protected:
  Quotas() {
    std::vector<model::Change> changes;
    for (const auto& quota : all_quotas()) changes.emplace_back(model::QuotaChanged{quota});
    api_.become(model::Role::viewer);
    api_.reload();
    api_.service.apply(changes);
  }
  Users users(std::map<std::string, std::string> query) {
    Users users;
    const auto response = api_.get("/api/v1/quotas", std::move(query));
    EXPECT_EQ(response.status, 200U) << response.body;
    for (const auto& item : boost::json::parse(response.body).at("items").as_array()) {
      users.emplace_back(item.at("user").as_string());
    }
    return users;
  }
  testing::ApiUnderTest api_;
};

}  // namespace

TEST_F(Quotas, ComeInTheOrderInWhichTheyRunOut) {
  EXPECT_EQ(users({}), (Users{"out", "soon", "later", "half", "third", ""}));
  testing::expect_golden("quotas", api_.get("/api/v1/quotas", {{"limit", "3"}}).body);
}

TEST_F(Quotas, CanBeOrderedAndFiltered) {
  EXPECT_EQ(users({{"sort", "-percent"}}), (Users{"out", "later", "soon", "half", "third", ""}));
  EXPECT_EQ(users({{"sort", "user"}}), (Users{"", "half", "later", "out", "soon", "third"}));
  EXPECT_EQ(users({{"sort", "used_bytes"}, {"limit", "2"}}), (Users{"", "third"}));
  EXPECT_EQ(users({{"state", "near"}}), (Users{"soon", "later"}));
  EXPECT_EQ(users({{"group", "Team"}}), (Users{""}));
  EXPECT_EQ(users({{"q", "TEAM"}}), (Users{""}));
  EXPECT_EQ(users({{"q", "LaTe"}}), (Users{"later"}));
}

TEST_F(Quotas, ArePagedByACursorInEveryOrder) {
  for (const auto* sort : {"runs_out_at", "-runs_out_at", "user", "-percent", "used_bytes"}) {
    const auto whole = users({{"sort", sort}});
    Users seen;
    std::map<std::string, std::string> query{{"sort", sort}, {"limit", "2"}};
    for (int pages = 0; pages < 5; ++pages) {
      const auto page = boost::json::parse(api_.get("/api/v1/quotas", query).body);
      EXPECT_EQ(page.at("total").as_int64(), 6);
      for (const auto& item : page.at("items").as_array()) seen.emplace_back(item.at("user").as_string());
      const auto* next = page.as_object().if_contains("next_cursor");
      if (next == nullptr) break;
      query["cursor"] = std::string(next->as_string());
    }
    EXPECT_EQ(seen, whole) << sort;
  }
}

TEST_F(Quotas, RefuseBadParameters) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"state", "full"}, {"sort", "colour"}, {"limit", "0"}, {"cursor", "x"}}) {
    EXPECT_EQ(api_.get("/api/v1/quotas", {{name, value}}).status, 400U) << name;
  }
}

TEST(QuotaFilter, OrdersWhatIsAllowedNothingAsUsedUp) {
  auto none = sample_quota(1, "none", 0);
  none.allowed_bytes = 0;
  const auto tenth = sample_quota(1, "tenth", 10);
  QuotaQuery query;
  query.sort = QuotaSort::percent;
  const auto page = page_of({&none, &tenth}, query);
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->items[0].user, "tenth");
}

TEST(QuotaFrames, NameAQuotaOnceAsItStandsLast) {
  LiveView view;
  PendingChanges pending;
  model::HouseJob job;
  job.name = "optimize";
  const std::vector<model::Change> changes{model::QuotaChanged{sample_quota(1, "alice", 10)},
                                           model::QuotaChanged{sample_quota(1, "alice", 20)},
                                           model::QuotaChanged{sample_quota(1, "bob", 10)},
                                           model::QuotaGone{1, "bob"},
                                           model::QuotaGone{1, "carl"},
                                           model::QuotaChanged{sample_quota(1, "carl", 5)},
                                           model::JobChanged{job}};
  view.apply(changes);
  for (const auto& change : changes) pending.note(change);
  const auto text = pending.write(view, {.number = 1, .at = sample_now});
  const auto frame = std::get<ChangesFrame>(base::value_or_throw(base::json::read<LiveFrame>(text)));
  ASSERT_EQ(frame.quotas->size(), 2U);
  EXPECT_EQ(frame.quotas->at(0), sample_quota(1, "alice", 20));
  EXPECT_EQ(*frame.quotas_gone, (std::vector<QuotaKey>{{1, "bob"}}));
  EXPECT_EQ(*frame.jobs, std::vector{job});
  pending.clear();
  EXPECT_TRUE(pending.empty());
}

TEST(QuotaFrames, BeginWithAllOfThem) {
  LiveView view;
  view.apply({model::QuotaChanged{sample_quota(1, "alice", 10)}, model::QuotaChanged{sample_quota(2, "", 10)}});
  const auto frame = std::get<SnapshotFrame>(
      base::value_or_throw(base::json::read<LiveFrame>(write_snapshot(view, {.number = 0, .at = sample_now}))));
  EXPECT_EQ(frame.quotas.size(), 2U);
  EXPECT_TRUE(frame.jobs.empty());
}

}  // namespace davylamp::api
