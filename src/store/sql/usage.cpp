#include "store/sql/usage.hpp"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "store/series.hpp"
#include "store/sql/engine.hpp"
#include "store/sql/statement.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

// Sums by user. Rows of a tier come in the same order of users again and again, so the next user is guessed first.
class UserSums {
 public:
  model::Counters& of(std::string_view user) {
    for (const auto guess : {last_, last_ + 1}) {
      if (guess < sums_.size() && sums_[guess].user == user) {
        last_ = guess;
        return sums_[guess].bytes;
      }
    }
    const auto known = places_.find(user);
    if (known != places_.end()) {
      last_ = known->second;
    } else {
      last_ = sums_.size();
      sums_.push_back({.user = std::string(user), .bytes = {}});
      places_.emplace(sums_.back().user, last_);
    }
    return sums_[last_].bytes;
  }
  std::vector<model::UserUsage> in_order() {
    std::vector<model::UserUsage> all;
    for (auto& sum : sums_) {
      if (!sum.bytes.is_zero()) all.push_back(std::move(sum));
    }
    std::ranges::sort(all, {}, &model::UserUsage::user);
    return all;
  }

 private:
  std::deque<model::UserUsage> sums_;
  std::unordered_map<std::string_view, std::size_t> places_;
  std::size_t last_ = 0;
};

model::Counters sum(const model::Counters& a, const model::Counters& b) {
  return {store::saturating_sum(a.rx_bytes, b.rx_bytes), store::saturating_sum(a.tx_bytes, b.tx_bytes)};
}
model::Counters rest(const model::Counters& a, const model::Counters& b) {
  return {a.rx_bytes - std::min(a.rx_bytes, b.rx_bytes), a.tx_bytes - std::min(a.tx_bytes, b.tx_bytes)};
}

model::Counters bytes_of(const Statement& row) {
  return {row.get<std::uint64_t>(1), row.get<std::uint64_t>(2)};
}

void add_days(Connection& connection, base::Time from, UserSums& sums) {
  Statement rows(connection,
                 "SELECT \"user\", rx_bytes, tx_bytes FROM traffic_day WHERE at >= ?1 ORDER BY at, \"user\"");
  rows.bind_all(from);
  while (rows.step()) {
    auto& bytes = sums.of(rows.text_view(0));
    bytes = sum(bytes, bytes_of(rows));
  }
}

void take_hours(Connection& connection, base::Time from, base::Time to, UserSums& sums) {
  if (from == to) return;
  Statement rows(
      connection,
      "SELECT \"user\", rx_bytes, tx_bytes FROM traffic_hour WHERE at >= ?1 AND at < ?2 ORDER BY at, \"user\"");
  rows.bind_all(from, to);
  while (rows.step()) {
    auto& bytes = sums.of(rows.text_view(0));
    bytes = rest(bytes, bytes_of(rows));
  }
}

// Minutes name the session: they are summed before its user is looked up.
void take_minutes(Connection& connection, base::Time from, base::Time to, UserSums& sums) {
  if (from == to) return;
  std::unordered_map<std::uint64_t, model::Counters> by_session;
  Statement rows(connection, "SELECT session_id, rx_bytes, tx_bytes FROM traffic_minute WHERE at >= ?1 AND at < ?2");
  rows.bind_all(from, to);
  while (rows.step()) {
    auto& bytes = by_session[rows.get<std::uint64_t>(0)];
    bytes = sum(bytes, bytes_of(rows));
  }
  Statement user(connection, "SELECT \"user\" FROM sessions WHERE id = ?1");
  for (const auto& [id, taken] : by_session) {
    user.bind_all(id);
    if (user.step()) {
      auto& bytes = sums.of(user.text_view(0));
      bytes = rest(bytes, taken);
    }
    user.reset();
  }
}

}  // namespace

// Whole days, less what of the first one came before `from`. So where the minutes (or hours) of `from` are forgotten,
// its whole hour (or day) counts: a guess that is too much rather than too little.
std::vector<model::UserUsage> usage(Connection& connection, base::Time from) {
  const auto minute = base::floor_to(from, store::minute);
  const auto hour = base::floor_to(from, store::hour);
  const auto day = base::floor_to(from, store::day);
  UserSums sums;
  Transaction snapshot(connection, Unit::read);
  add_days(connection, day, sums);
  take_hours(connection, day, hour, sums);
  take_minutes(connection, hour, minute, sums);
  return sums.in_order();
}

}  // namespace davylamp::sql
