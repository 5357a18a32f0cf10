// Which limits bind which users: a user's own replace every `each` limit of the user's groups, pools always hold.
#include <algorithm>
#include <utility>

#include "core/quota/allowance.hpp"
#include "core/quota/quota_book.hpp"
#include "core/quota/quota_text.hpp"

namespace davylamp::core {
namespace {

constexpr std::uint64_t most_standings = 200'000;

const model::Group* group_named(const model::Limits& limits, const std::string& name) {
  const auto found = std::ranges::find(limits.groups, name, &model::Group::name);
  return found == limits.groups.end() ? nullptr : &*found;
}

bool same_subject(const model::Limit& a, const model::Limit& b) {
  return a.subject_kind == b.subject_kind && a.subject == b.subject;
}

}  // namespace

void QuotaBook::set_limits(const model::Limits& limits, base::Time now) {
  const bool known = laid_down_ && limits.revision != 0 && limits.revision == revision_;
  if (known) return;
  revision_ = limits.revision;
  const bool first = !std::exchange(laid_down_, true);
  now_ = now;
  for (const auto& [user, bound] : users_) touched_.push_back(user);
  const auto retired = keep_rules(limits, first);  // users_ points into them until rebind()
  index_groups(limits);
  rebind(limits);
  attach(limits);
  for (auto& rule : rules_) {
    renew(*rule);
    const bool loaded = std::ranges::all_of(rule->standings, [](const auto& one) { return one->meter.loaded(); });
    if (!rule->complete || !loaded) want(*rule);
    if (!std::exchange(rule->revised, false)) continue;
    for (auto& standing : rule->standings) tell(*standing, true);
  }
  for (const auto& [user, bound] : users_) touched_.push_back(user);
  ready_ = ready_ || wanting_.empty();
}

// Those that are still there keep what they count. Returns those that are not.
QuotaBook::Rules QuotaBook::keep_rules(const model::Limits& limits, bool first) {
  std::map<std::uint64_t, std::unique_ptr<Rule>> before;
  for (auto& rule : rules_) before.emplace(rule->limit.id, std::move(rule));
  rules_.clear();
  for (const auto& limit : limits.limits) {
    auto found = before.find(limit.id);
    const bool kept = found != before.end() && same_subject(found->second->limit, limit);
    auto rule = kept ? std::move(found->second) : std::make_unique<Rule>();
    if (kept) before.erase(found);
    if (!kept) rule->quiet = rule->starting = first;
    lay_down(*rule, limit, limits);
    rules_.push_back(std::move(rule));
  }
  std::ranges::sort(rules_, {}, [](const auto& rule) { return rule->limit.id; });
  Rules retired;
  for (auto& [id, rule] : before) {
    for (auto& standing : rule->standings) {
      standing->bound = false;
      retire(*standing);
    }
    retired.push_back(std::move(rule));
  }
  wanting_.clear();
  for (auto& rule : rules_) {
    if (rule->wanting) wanting_.push_back(rule.get());
  }
  return retired;
}

void QuotaBook::lay_down(Rule& rule, const model::Limit& limit, const model::Limits& limits) {
  const bool same_period = rule.limit.id == limit.id && rule.limit.period == limit.period;
  rule.revised = rule.laid_down != limit;
  rule.laid_down = limit;
  rule.limit = limit;
  for (auto& standing : rule.standings) standing->direction = limit.direction;
  std::erase(rule.limit.thresholds, 0U);
  std::ranges::sort(rule.limit.thresholds);
  std::vector<std::string> members;
  const auto* group = group_named(limits, limit.subject);
  if (limit.subject_kind != model::LimitSubject::user && !rule.binds_everyone() && group != nullptr)
    members = group->members;
  const bool same_members = rule.members == members;
  rule.members = std::move(members);
  const auto span = period_at(limit.period, zones_, now_);
  if (!same_period) {
    start_again(rule, span);
  } else if (rule.is_pool() && !same_members) {
    start_again(rule, rule.span);
  }
}

void QuotaBook::index_groups(const model::Limits& limits) {
  own_.clear();
  group_rules_.clear();
  groups_of_.clear();
  for (const auto& rule : rules_) {
    const auto& limit = rule->limit;
    if (limit.subject_kind == model::LimitSubject::user) own_[limit.subject].push_back(rule.get());
    if (limit.subject_kind == model::LimitSubject::each) group_rules_[limit.subject].each.push_back(rule.get());
    if (limit.subject_kind == model::LimitSubject::group) group_rules_[limit.subject].pools.push_back(rule.get());
  }
  everyone_bound_ = group_rules_.contains(model::everyone);
  for (const auto& group : limits.groups) {
    if (group.name == model::everyone || !group_rules_.contains(group.name)) continue;
    for (const auto& user : group.members) groups_of_[user].push_back(group.name);
  }
}

void QuotaBook::rebind(const model::Limits& limits) {
  const auto before = std::exchange(users_, {});
  ++bindings_;
  for (auto& rule : rules_) {
    for (auto& standing : rule->standings) standing->bound = false;
    if (!rule->is_pool()) continue;
    auto& pool = rule->standings.empty() ? add_standing(*rule, {}, false) : *rule->standings.front();
    pool.bound = true;
  }
  for (const auto& [user, rules] : own_) bind(user, &before);
  for (const auto& [user, groups] : groups_of_) bind(user, &before);
  const auto bind_named = [&](const std::string& user) {
    if (!user.empty()) bind(user, &before);
  };
  for (const auto& [user, bound] : before) bind(user, &before);
  if (everyone_bound_) {
    for (const auto& group : limits.groups) {
      for (const auto& user : group.members) bind(user, &before);
    }
    for (const auto& grant : limits.grants) bind_named(grant.user);
    for (const auto& reset : limits.resets) bind_named(reset.user);
  }
  for (auto* list : {&moved_, &pending_, &urgent_})
    std::erase_if(*list, [](const auto* standing) { return !standing->bound; });
  for (auto& rule : rules_) drop_unbound(*rule);
}

QuotaBook::Bound& QuotaBook::bind(const std::string& user, const ByName<Bound>* before) {
  const auto [entry, fresh] = users_.try_emplace(user);
  auto& bound = entry->second;
  if (!fresh) return bound;
  const Bound* known = nullptr;
  if (before != nullptr) {
    const auto found = before->find(user);
    known = found == before->end() ? nullptr : &found->second;
  }
  const auto add = [&](Rule& rule) {
    auto* standing = standing_of(rule, user, {known, before == nullptr && rule.complete});
    if (standing == nullptr) return;
    standing->bound = true;
    bound.push_back(standing);
  };
  const auto add_group = [&](const std::string& name, bool has_own) {
    const auto group = group_rules_.find(name);
    if (group == group_rules_.end()) return;
    for (auto* rule : group->second.pools) add(*rule);
    if (has_own) return;
    for (auto* rule : group->second.each) add(*rule);
  };
  const auto own = own_.find(user);
  const bool has_own = own != own_.end();
  if (has_own) {
    for (auto* rule : own->second) add(*rule);
  }
  if (const auto groups = groups_of_.find(user); groups != groups_of_.end()) {
    for (const auto& name : groups->second) add_group(name, has_own);
  }
  add_group(model::everyone, has_own);
  if (before != nullptr) return bound;
  for (auto* standing : bound) judge(*standing);
  if (std::ranges::any_of(bound, &Standing::reached)) touched_.push_back(user);
  return bound;
}

Standing* QuotaBook::standing_of(Rule& rule, const std::string& user, const Past& past) {
  if (rule.is_pool()) return rule.standings.front().get();
  if (past.bound != nullptr) {
    const auto found = std::ranges::find(*past.bound, &rule, &Standing::rule);
    if (found != past.bound->end()) return *found;
  }
  if (standings_ < most_standings) return &add_standing(rule, user, past.moved_nothing);
  ++unmetered_;
  return nullptr;
}

Standing& QuotaBook::add_standing(Rule& rule, const std::string& user, bool counts_from_here) {
  auto& standing = *rule.standings.emplace_back(std::make_unique<Standing>());
  ++standings_;
  standing.rule = &rule;
  standing.user = user;
  standing.direction = rule.limit.direction;
  standing.meter.begin(rule.span, counts_from_here);
  return standing;
}

void QuotaBook::drop_unbound(Rule& rule) {
  for (const auto& standing : rule.standings) {
    if (!standing->bound) retire(*standing);
  }
  std::erase_if(rule.standings, [](const auto& standing) { return !standing->bound; });
}

void QuotaBook::retire(const Standing& standing) {
  const auto& limit = standing.rule->limit;
  if (standing.told) news_.changes.emplace_back(model::QuotaGone{limit.id, standing.user});
  if (standing.reached)
    say(standing, model::EventKind::quota_reset,
        subject_text(limit, standing.user) + " is not bound any more by " + amount_text(limit, standing.allowed));
  --standings_;
}

Standing* QuotaBook::find(std::uint64_t limit_id, const std::string& user) {
  const auto rule = std::ranges::lower_bound(rules_, limit_id, {}, [](const auto& one) { return one->limit.id; });
  if (rule == rules_.end() || (*rule)->limit.id != limit_id) return nullptr;
  auto& standings = (*rule)->standings;
  if ((*rule)->limit.subject_kind != model::LimitSubject::each)
    return standings.empty() ? nullptr : standings.front().get();
  const auto bound = users_.find(user);
  if (bound == users_.end()) return nullptr;
  const auto found = std::ranges::find(bound->second, rule->get(), &Standing::rule);
  return found == bound->second.end() ? nullptr : *found;
}

// Grants and resets find their standings. What was reckoned here and is not stored yet is kept.
void QuotaBook::attach(const model::Limits& limits) {
  std::map<std::uint64_t, std::uint64_t> spent;
  std::map<std::pair<std::uint64_t, std::string>, std::unique_ptr<model::Reset>> reckoned;
  for (auto& rule : rules_) {
    for (auto& standing : rule->standings) {
      for (const auto& grant : std::exchange(standing->grants, {})) spent[grant.id] = grant.spent_bytes;
      if (standing->reset) reckoned[{rule->limit.id, standing->user}] = std::move(standing->reset);
      standing->meter.forgive({});
    }
  }
  for (const auto& grant : limits.grants) {
    auto* standing = find(grant.limit_id, grant.user);
    if (standing == nullptr) continue;
    standing->grants.push_back(grant);
    auto& kept = standing->grants.back().spent_bytes;
    if (const auto known = spent.find(grant.id); known != spent.end()) kept = std::max(kept, known->second);
  }
  for (const auto& reset : limits.resets) {
    auto* standing = find(reset.limit_id, reset.user);
    if (standing == nullptr) continue;
    auto& known = reckoned[{reset.limit_id, standing->user}];
    const bool same = known && known->at == reset.at && known->forgiven;
    standing->reset = same ? std::move(known) : std::make_unique<model::Reset>(reset);
  }
  for (auto& rule : rules_) {
    for (auto& standing : rule->standings) {
      const PeriodSpan span{start_of(*standing, rule->span), rule->span.end};
      // One that is to be reckoned is reckoned from where the meter counts.
      const bool reckoned_here = standing->meter.loaded() && standing->reset && !standing->reset->forgiven;
      const bool rolls = rule->limit.period.kind == model::PeriodKind::rolling;
      if (rolls && !reckoned_here && standing->meter.span() != span) standing->meter.begin(span, false);
      settle_reset(*standing);
    }
  }
}

}  // namespace davylamp::core
