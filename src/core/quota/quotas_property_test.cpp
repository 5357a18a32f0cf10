// A random schedule against a reference that adds up every byte anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "core/quota/testing_lab.hpp"

namespace davylamp::core {
namespace {

using model::LimitSubject;
using model::PeriodKind;
using namespace std::chrono_literals;

struct Forgiven {
  std::size_t moves = 0;  // so many had moved when it was reset
  base::Time period_start;
  base::Time at;
};

class Schedule {
 public:
  explicit Schedule(unsigned seed) : random_(seed) {}
  void run(int steps) {
    for (int i = 0; i < 4; ++i) add_limit();
    lab_.lay_down();
    lab_.settle();
    for (step_ = 0; step_ < steps && !testing::Test::HasFailure(); ++step_) {
      act();
      check();
    }
  }
  std::uint64_t refusals() const { return refusals_; }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string user() { return users_[pick(users_.size())]; }

  void add_limit() {
    const std::vector<std::string> groups{"staff", "guests", model::everyone};
    const auto kind = static_cast<LimitSubject>(pick(3));
    auto& limit = lab_.add_limit(kind, kind == LimitSubject::user ? user() : groups[pick(3)], 1'000 + pick(60'000));
    limit.direction = static_cast<model::TrafficDirection>(pick(3));
    limit.buffer_bytes = pick(3) == 0 ? 100 : 0;
    limit.enforce = pick(5) != 0;
    limit.period.kind = static_cast<PeriodKind>(pick(6));
    const std::vector<std::string> zones{"UTC", "Europe/Berlin", "Asia/Kathmandu"};
    limit.period.zone = zones[pick(3)];
    limit.period.anchor_day = 1 + static_cast<std::uint32_t>(pick(31));
    limit.period.days = 1 + static_cast<std::uint32_t>(pick(3));
    if (limit.period.kind == PeriodKind::once) {
      limit.period.starts_at = lab_.now - base::Seconds{pick(100'000)};
      if (pick(2) == 0) limit.period.ends_at = lab_.now + base::Seconds{pick(200'000)};
    }
  }
  void change_groups() {
    for (auto& group : lab_.limits.groups) {
      group.members.clear();
      for (const auto& name : users_) {
        if (pick(2) == 0) group.members.push_back(name);
      }
    }
    // What a reset forgave a pool does not follow its members.
    const auto of_pool = [&](std::uint64_t id) {
      return std::ranges::any_of(lab_.limits.limits, [&](const auto& limit) {
        return limit.id == id && limit.subject_kind == LimitSubject::group;
      });
    };
    std::erase_if(lab_.limits.resets, [&](const auto& one) { return of_pool(one.limit_id); });
    std::erase_if(forgiven_, [&](const auto& one) { return of_pool(one.first.first); });
  }
  void reset() {
    lab_.settle();
    const auto& limit = lab_.limits.limits[pick(lab_.limits.limits.size())];
    model::Reset reset;
    reset.limit_id = limit.id;
    if (limit.subject_kind != LimitSubject::group)
      reset.user = limit.subject_kind == LimitSubject::user ? limit.subject : user();
    const auto* quota = lab_.quota(limit.id, reset.user);
    if (quota == nullptr) return;
    reset.at = lab_.now + base::Milliseconds{static_cast<int>(step_ % 1000)};
    std::erase_if(lab_.limits.resets,
                  [&](const auto& one) { return one.limit_id == reset.limit_id && one.user == reset.user; });
    lab_.limits.resets.push_back(reset);
    lab_.lay_down();
    const auto start = period_at(limit.period, lab_.zones, lab_.now).start;
    forgiven_[{reset.limit_id, reset.user}] = {lab_.truth.size(), start, reset.at};
    lab_.commit();
  }
  void grant() {
    const auto& limit = lab_.limits.limits[pick(lab_.limits.limits.size())];
    auto& grant = lab_.limits.grants.emplace_back();
    grant.id = lab_.limits.grants.size();
    grant.limit_id = limit.id;
    if (limit.subject_kind == LimitSubject::each) grant.user = user();
    grant.bytes = pick(20'000);
    grant.from_at = lab_.now + base::Seconds{pick(10'000)};
    grant.until_at = grant.from_at + base::Seconds{pick(200'000)};
    lab_.lay_down();
  }
  void jump() {
    const std::vector<base::Seconds> jumps{30s,     61s,      1'800s, 3'600s,  40'000s,
                                           90'000s, 700'000s, -30s,   -3'700s, -20'000s};
    const auto choice = pick(100);
    const auto by = choice < 60 ? jumps[pick(4)] : choice < 90 ? jumps[4 + pick(2)] : jumps[6 + pick(4)];
    lab_.advance(by);
    lab_.settle();
  }
  void act() {
    const auto choice = pick(100);
    if (choice < 62) {
      const base::Seconds late{pick(8) == 0 ? static_cast<std::int64_t>(pick(150)) - 40 : 0};
      lab_.move(user(), {pick(900), pick(900)}, late);
    } else if (choice < 70) {
      lab_.report(user());
    } else if (choice < 73) {
      lab_.leave(user());
    } else if (choice < 85) {
      jump();
    } else if (choice < 88) {
      if (lab_.limits.limits.size() < 9) add_limit();
      lab_.lay_down();
    } else if (choice < 89) {
      if (lab_.limits.limits.size() > 2)
        lab_.limits.limits.erase(lab_.limits.limits.begin() + static_cast<int>(pick(2)));
      lab_.lay_down();
    } else if (choice < 91) {
      lab_.limits.limits[pick(lab_.limits.limits.size())].bytes = 1'000 + pick(60'000);
      lab_.lay_down();
    } else if (choice < 93) {
      change_groups();
      lab_.lay_down();
    } else if (choice < 95) {
      reset();
    } else if (choice < 97) {
      grant();
    } else if (choice < 98) {
      lab_.crash();
      lab_.settle();
      for (const auto& name : users_) lab_.report(name);
    } else {
      lab_.commit();
    }
  }

  bool in_group(const std::string& name, const std::string& group) const {
    if (group == model::everyone) return true;
    for (const auto& one : lab_.limits.groups) {
      if (one.name == group) return std::ranges::find(one.members, name) != one.members.end();
    }
    return false;
  }
  bool has_own(const std::string& name) const {
    return std::ranges::any_of(lab_.limits.limits, [&](const auto& limit) {
      return limit.subject_kind == LimitSubject::user && limit.subject == name;
    });
  }
  bool binds(const model::Limit& limit, const std::string& name) const {
    if (limit.subject_kind == LimitSubject::user) return limit.subject == name;
    if (limit.subject_kind == LimitSubject::each && has_own(name)) return false;
    return in_group(name, limit.subject);
  }
  std::uint64_t used(const model::Limit& limit, const std::string& subject) const {
    const auto span = period_at(limit.period, lab_.zones, lab_.now);
    const auto forgiven = forgiven_.find({limit.id, subject});
    std::size_t first = 0;
    auto from = span.start;
    if (forgiven != forgiven_.end()) {
      const auto& [moves, start, at] = forgiven->second;
      const bool holds = limit.period.kind == PeriodKind::rolling ? span.start <= at : start == span.start;
      if (holds) first = moves;
      if (holds && limit.period.kind == PeriodKind::rolling) from = std::min(from, start);
    }
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < lab_.truth.size(); ++i) {
      const auto& moved = lab_.truth[i];
      const bool counts = subject.empty() ? in_group(moved.user, limit.subject) : moved.user == subject;
      if (!counts || moved.minute < from || (span.end && moved.minute >= *span.end)) continue;
      sum += model::bytes_of(moved.bytes, limit.direction);
    }
    return sum;
  }
  std::uint64_t allowed(const model::Limit& limit, const std::string& subject) const {
    auto sum = limit.bytes;
    for (const auto& grant : lab_.limits.grants) {
      const bool mine =
          grant.limit_id == limit.id && (limit.subject_kind != LimitSubject::each || grant.user == subject);
      if (mine && grant.from_at <= lab_.now && lab_.now < grant.until_at) sum += grant.bytes - grant.spent_bytes;
    }
    return sum;
  }

  // One take after whatever happened, everything is as the reference has it.
  void check() {
    lab_.commit();
    if (!lab_.pipeline->usage_wanted().empty() || lab_.pipeline->urgent()) lab_.settle();
    SCOPED_TRACE("step " + std::to_string(step_));
    std::set<std::string> refused;
    std::set<std::string> seen;
    for (const auto& moved : lab_.truth) seen.insert(moved.user);
    for (const auto& limit : lab_.limits.limits) {
      for (const auto& name : users_) {
        if (!binds(limit, name) || !seen.contains(name)) continue;
        const auto subject = limit.subject_kind == LimitSubject::group ? std::string{} : name;
        const auto bytes = used(limit, subject);
        const auto* quota = lab_.quota(limit.id, subject);
        if (quota == nullptr && bytes == 0) continue;  // not heard of since the limit is there
        ASSERT_NE(quota, nullptr) << limit.id << " " << name;
        ASSERT_EQ(quota->used_bytes, bytes)
            << "limit " << limit.id << " of " << name << " kind " << static_cast<int>(limit.period.kind);
        ASSERT_EQ(quota->allowed_bytes, allowed(limit, subject)) << limit.id << " " << name;
        const bool over = limit.period.kind == PeriodKind::once && limit.period.ends_at
                              ? lab_.now < base::floor_to(*limit.period.ends_at, 60s)
                              : true;
        if (over && limit.enforce && bytes + limit.buffer_bytes >= quota->allowed_bytes) refused.insert(name);
      }
    }
    ASSERT_TRUE(lab_.list_known);
    for (const auto& name : users_) {
      // Who was not heard of since the start is refused with everyone when heard of.
      if (lab_.heard.contains(name)) ASSERT_EQ(lab_.refused.contains(name), refused.contains(name)) << name;
    }
    refusals_ += refused.size();
  }

  std::mt19937 random_;
  std::vector<std::string> users_{"anna", "bert", "carl", "dora", "emil"};
  QuotaLab lab_{base::from_unix_seconds(1'792'800'000)};
  std::map<std::pair<std::uint64_t, std::string>, Forgiven> forgiven_;
  int step_ = 0;
  std::uint64_t refusals_ = 0;
};

}  // namespace

TEST(QuotasProperty, EqualTheReferenceWhateverHappens) {
  const auto* given = std::getenv("DAVYLAMP_SEED");
  const auto first = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  std::uint64_t refusals = 0;
  for (unsigned i = 0; i < 6; ++i) {
    SCOPED_TRACE("seed " + std::to_string(first + i));
    Schedule schedule(first + i);
    schedule.run(300);
    refusals += schedule.refusals();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(refusals, 20U);
}

}  // namespace davylamp::core
