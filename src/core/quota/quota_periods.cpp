// What time does to limits: periods end, windows move on, the clock is set; and how stored usage comes in.
#include <algorithm>
#include <set>
#include <utility>

#include "core/quota/allowance.hpp"
#include "core/quota/quota_book.hpp"

namespace davylamp::core {
namespace {

// Readings held at once: each is a row per user.
constexpr std::size_t most_readings = 12;

model::Counters minus(const model::Counters& all, const model::Counters& part) {
  return {all.rx_bytes - std::min(all.rx_bytes, part.rx_bytes), all.tx_bytes - std::min(all.tx_bytes, part.tx_bytes)};
}

std::uint64_t over_limit(const Standing& standing, std::uint64_t used) {
  return used - std::min(used, standing.rule->limit.bytes);
}

}  // namespace

void QuotaBook::tick(base::Time now) {
  now_ = now;
  for (auto& rule : rules_) {
    if (now < rule->renewed_at || (rule->due && now >= *rule->due)) renew(*rule);
  }
  for (auto* standing : std::exchange(pending_, {})) {
    standing->pending = false;
    if (standing->urgent || !standing->meter.loaded()) continue;
    standing->told_used = standing->used();
    set_watch(*standing);
    news_.changes.emplace_back(model::QuotaChanged{quota(*standing)});
  }
}

void QuotaBook::renew(Rule& rule) {
  rule.renewed_at = now_;
  const auto span = period_at(rule.limit.period, zones_, now_);
  if (span != rule.span) {
    if (rule.limit.period.kind == model::PeriodKind::rolling) {
      roll_window(rule, span);
    } else if (span.start > rule.span.start) {
      roll_over(rule, span);
    } else {
      rule.quiet = true;
      start_again(rule, span);
    }
  }
  find_due(rule);
  judge_all(rule);
}

void QuotaBook::find_due(Rule& rule) const {
  rule.due = next_change(rule.limit.period, rule.span, now_);
  for (const auto& standing : rule.standings) {
    if (const auto at = next_grant_change(standing->grants, now_)) rule.due = std::min(*at, rule.due.value_or(*at));
  }
}

void QuotaBook::start_again(Rule& rule, const PeriodSpan& span) {
  rule.span = span;
  rule.complete = false;
  for (auto& standing : rule.standings) {
    standing->meter.begin({start_of(*standing, span), span.end}, false);
    standing->passed = 0;
    standing->last.reset();
    settle_reset(*standing);
  }
  want(rule);
}

// Where counting begins for this subject. A reset of a rolling limit holds the start where it was, until the bytes that
// it forgave have all dropped out: what is counted from there, less what was forgiven, is what moved since the reset.
base::Time QuotaBook::start_of(const Standing& standing, const PeriodSpan& span) const {
  if (standing.rule->limit.period.kind != model::PeriodKind::rolling || !standing.reset) return span.start;
  const auto& reset = *standing.reset;
  const bool holds = reset.forgiven && reset.period_start_at && span.start <= reset.at;
  return holds ? *reset.period_start_at : span.start;
}

void QuotaBook::roll_window(Rule& rule, const PeriodSpan& next) {
  rule.span = next;
  rule.complete = false;
  for (auto& standing : rule.standings) {
    const auto start = start_of(*standing, next);
    if (start == standing->meter.span().start) continue;
    standing->meter.begin({start, next.end}, false);
    settle_reset(*standing);
  }
  want(rule);
}

void QuotaBook::roll_over(Rule& rule, const PeriodSpan& next) {
  bool loaded = true;
  for (auto& standing : rule.standings) {
    if (standing->meter.loaded()) close_period(*standing, next);
    loaded = standing->meter.move_on(next) && loaded;
    standing->passed = 0;
  }
  rule.span = next;
  for (auto& standing : rule.standings) {
    settle_reset(*standing);
    tell(*standing, true);
  }
  if (!loaded || !rule.complete) want(rule);
}

void QuotaBook::close_period(Standing& standing, const PeriodSpan& next) {
  const auto& span = standing.meter.span();
  const auto used = standing.used();
  const auto end = *span.end;
  const auto& limit = standing.rule->limit;
  const auto allowed = allowed_at(limit, standing.grants, end - base::Milliseconds{1});
  if (used > 0) news_.periods.push_back({limit.id, standing.user, span.start, end, used, allowed});
  // Not twice when the clock was set back in between.
  if (end > standing.charged_until)
    std::ranges::move(charge(standing.grants, over_limit(standing, used), end), std::back_inserter(news_.grants));
  standing.charged_until = std::max(standing.charged_until, end);
  standing.last.reset();
  if (end == next.start) standing.last = standing.meter.counted();
}

// Forgives what a reset of this period forgave; one that is not reckoned yet forgives all that is used now.
void QuotaBook::settle_reset(Standing& standing) {
  standing.meter.forgive({});
  if (!standing.reset) return;
  auto& reset = *standing.reset;
  const auto start = standing.meter.span().start;
  if (!reset.forgiven && standing.meter.loaded()) {
    reset.period_start_at = start;
    reset.forgiven = reset.at < start ? model::Counters{} : standing.meter.counted();
    news_.resets.push_back(reset);
    tell(standing, true);
  }
  if (reset.forgiven && reset.period_start_at == start) standing.meter.forgive(*reset.forgiven);
}

void QuotaBook::want(Rule& rule) {
  rule.wanted_at = cut_;
  const bool known =
      std::ranges::all_of(rule.standings, [](const auto& standing) { return standing->last.has_value(); });
  rule.before.reset();
  if (!known || rule.standings.empty()) rule.before = period_before(rule.limit.period, zones_, rule.span);
  if (std::exchange(rule.wanting, true)) return;
  wanting_.push_back(&rule);
}

void QuotaBook::read_again() {
  for (auto& rule : rules_) {
    if (rule->wanting || !rule->in_force(now_)) continue;
    rule->again = true;
    want(*rule);
  }
}

std::vector<base::Time> QuotaBook::needs(const Rule& rule) const {
  std::vector<base::Time> all{rule.span.start};
  if (rule.span.end) all.push_back(*rule.span.end);
  if (rule.before) all.push_back(rule.before->start);
  for (const auto& standing : rule.standings) {
    const auto start = standing->meter.span().start;
    if (start != rule.span.start && (rule.again || !standing->meter.loaded())) all.push_back(start);
  }
  return all;
}

std::vector<base::Time> QuotaBook::usage_wanted() const {
  std::set<base::Time> wanted;
  for (const auto* rule : wanting_) {
    if (rule->wanted_at == cut_) continue;
    const auto all = needs(*rule);
    if (!wanted.empty() && wanted.size() + all.size() > most_readings) break;
    for (const auto at : all) {
      if (!readings_.contains(at)) wanted.insert(at);
    }
  }
  return {wanted.begin(), wanted.end()};
}

void QuotaBook::set_usage(base::Time from, const std::vector<model::UserUsage>& rows) {
  auto& reading = readings_[from];
  reading.clear();
  for (const auto& row : rows) reading[row.user] += row.bytes;
  std::vector<Rule*> loaded;
  for (auto* rule : wanting_) {
    if (rule->wanted_at == cut_) continue;
    if (std::ranges::all_of(needs(*rule), [&](auto at) { return readings_.contains(at); })) loaded.push_back(rule);
  }
  for (auto* rule : loaded) load(*rule);
  std::erase_if(wanting_, [](const auto* rule) { return !rule->wanting; });
  ready_ = ready_ || (laid_down_ && wanting_.empty());
}

model::Counters QuotaBook::stored(const Rule& rule, const std::string& user, base::Time from) const {
  const auto found = readings_.find(from);
  if (found == readings_.end()) return {};
  const auto& reading = found->second;
  const auto of = [&](const std::string& name) {
    const auto row = reading.find(name);
    return row == reading.end() ? model::Counters{} : row->second;
  };
  if (!rule.is_pool()) return of(user);
  model::Counters sum;
  if (rule.binds_everyone()) {
    for (const auto& [name, bytes] : reading) sum += bytes;
  } else {
    for (const auto& name : rule.members) sum += of(name);
  }
  return sum;
}

void QuotaBook::load(Rule& rule) {
  if (rule.binds_everyone()) {
    for (const auto& [user, bytes] : readings_[rule.span.start]) {
      if (!users_.contains(user)) bind(user, nullptr);
    }
  }
  for (auto& standing : rule.standings) {
    const bool known = standing->meter.loaded();
    if (known && !rule.again) continue;
    const auto& span = standing->meter.span();
    const auto ahead = span.end ? stored(rule, standing->user, *span.end) : model::Counters{};
    standing->meter.set_stored(stored(rule, standing->user, span.start), ahead, cut_);
    if (known) continue;
    settle_reset(*standing);
    tell(*standing, true);
  }
  rule.complete = true;
  rule.wanting = false;
  rule.again = false;
  load_last(rule);
  judge_all(rule);
  rule.quiet = false;
  rule.starting = false;
}

void QuotaBook::load_last(Rule& rule) {
  const auto before = std::exchange(rule.before, {});
  if (!before) return;
  for (auto& standing : rule.standings) {
    if (standing->last) continue;
    const auto& user = standing->user;
    standing->last = minus(stored(rule, user, before->start), stored(rule, user, rule.span.start));
    if (rule.starting) record_missed(*standing, *before);
  }
}

// A period that ended while nobody counted. One that was recorded in time stays as it is. Grants are charged when they
// cannot have been charged before: they began in that very period.
void QuotaBook::record_missed(Standing& standing, const PeriodSpan& span) {
  const auto& limit = standing.rule->limit;
  if (limit.created_at >= *span.end) return;
  auto used = model::bytes_of(*standing.last, limit.direction);
  const auto* reset = standing.reset.get();
  if (reset != nullptr && reset->forgiven && reset->period_start_at == span.start)
    used -= std::min(used, model::bytes_of(*reset->forgiven, limit.direction));
  if (used == 0) return;
  const auto last_moment = *span.end - base::Milliseconds{1};
  auto granted = standing.grants;
  std::erase_if(granted,
                [&](const auto& grant) { return grant.from_at > last_moment || grant.until_at <= last_moment; });
  const bool all_young = std::ranges::all_of(granted, [&](const auto& grant) { return grant.from_at >= span.start; });
  for (auto& grant : granted) grant.spent_bytes = all_young ? 0 : grant.spent_bytes;
  news_.periods.push_back(
      {limit.id, standing.user, span.start, *span.end, used, allowed_at(limit, granted, last_moment)});
  if (!all_young) return;
  for (const auto& charged : charge(granted, over_limit(standing, used), *span.end)) {
    auto& known = *std::ranges::find(standing.grants, charged.id, &model::Grant::id);
    if (charged.spent_bytes <= known.spent_bytes) continue;
    known.spent_bytes = charged.spent_bytes;
    news_.grants.push_back(known);
  }
}

}  // namespace davylamp::core
