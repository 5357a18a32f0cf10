#include "core/quota/quota_book.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/quota/allowance.hpp"
#include "core/quota/forecast.hpp"
#include "core/quota/quota_text.hpp"
#include "core/wording.hpp"

namespace davylamp::core {
namespace {

constexpr base::Seconds minute{60};
constexpr std::size_t most_users = 1'000'000;
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

// `percent` of `bytes`, rounded up so that it is passed when so much is really used.
std::uint64_t percent_of(std::uint64_t bytes, std::uint32_t percent) {
  return bytes / 100 * percent + (bytes % 100 * percent + 99) / 100;
}

// Used so much, the user is stopped.
std::uint64_t stop_at(const Standing& standing) {
  return standing.allowed - std::min(standing.allowed, standing.rule->limit.buffer_bytes);
}

// Less than this is not worth telling.
std::uint64_t step_of(const Standing& standing) {
  return std::max<std::uint64_t>(standing.allowed / 1000, 1);
}

std::size_t passed_thresholds(const Standing& standing, std::uint64_t used) {
  const auto& thresholds = standing.rule->limit.thresholds;
  return static_cast<std::size_t>(
      std::ranges::count_if(thresholds, [&](auto percent) { return used >= percent_of(standing.allowed, percent); }));
}

}  // namespace

std::uint64_t Standing::used() const {
  return meter.used(direction);
}

std::uint64_t Standing::left() const {
  const auto stop = stop_at(*this);
  return stop - std::min(stop, used());
}

model::QuotaState Standing::state() const {
  if (reached) return model::QuotaState::reached;
  return passed > 0 ? model::QuotaState::near : model::QuotaState::ok;
}

QuotaBook::Bound* QuotaBook::bound_of(const std::string& user) {
  const auto found = users_.find(user);
  if (found != users_.end()) return &found->second;
  if (users_.size() < most_users) return &bind(user, nullptr);
  ++unmetered_;
  return nullptr;
}

void QuotaBook::seen(const std::string& user) {
  bound_of(user);
}

void QuotaBook::moved(CountingNote& note, const std::string& user, const model::Counters& bytes, base::Time at) {
  if (rules_.empty()) return;
  if (note.version != bindings_) {
    const auto* bound = bound_of(user);
    if (bound == nullptr) return;
    note = {bindings_, nullptr, {}};
    if (!bound->empty()) note = {bindings_, bound->front(), std::span(*bound).subspan(1)};
  }
  if (note.first == nullptr) return;
  const auto stored_at = base::floor_to(at, minute);
  add(*note.first, bytes, stored_at);
  for (auto* standing : note.others) add(*standing, bytes, stored_at);
}

void QuotaBook::add(Standing& standing, const model::Counters& bytes, base::Time stored_at) {
  standing.meter.add(bytes, stored_at, cut_);
  if (!standing.moved) {
    standing.moved = true;
    moved_.push_back(&standing);
  }
  if (standing.meter.loaded() && standing.used() >= standing.watch) judge(standing);
}

// Decides anew. What is not loaded yet keeps the verdict it had.
void QuotaBook::judge(Standing& standing) {
  if (!standing.meter.loaded()) return;
  const auto& rule = *standing.rule;
  const auto allowed = allowed_at(rule.limit, standing.grants, now_);
  const bool was_allowed = allowed == standing.allowed;
  standing.allowed = allowed;
  const auto used = standing.used();
  const bool reached = rule.in_force(now_) && used >= stop_at(standing);
  const auto passed = passed_thresholds(standing, used);
  if (reached != standing.reached || passed > standing.passed) announce(standing, reached, passed);
  const bool turned = reached != standing.reached;
  const bool changed = !standing.told || !was_allowed || turned || passed != standing.passed;
  if (turned && reached) standing.reached_at = now_;
  standing.reached = reached;
  standing.passed = passed;
  if (turned) touch(standing);
  const auto moved = std::max(used, standing.told_used) - std::min(used, standing.told_used);
  if (changed || moved >= step_of(standing)) tell(standing, changed);
  set_watch(standing);
}

// One sentence for all that happened at once: the greatest.
void QuotaBook::announce(const Standing& standing, bool reached, std::size_t passed) {
  const auto& rule = *standing.rule;
  if (rule.quiet && (reached || !standing.reached)) return;
  const auto amount = amount_text(rule.limit, standing.allowed) + reset_text(rule.limit, rule.span, zones_);
  const auto subject = subject_text(rule.limit, standing.user);
  if (reached && !standing.reached) {
    const auto* stopped = rule.limit.enforce ? " is stopped: the limit is reached, " : " has reached the limit of ";
    say(standing, model::EventKind::quota_reached, subject + stopped + amount);
  } else if (!reached && standing.reached) {
    const auto used = volume_text(standing.used());
    say(standing, model::EventKind::quota_reset, subject + " may move data again, has used " + used + " of " + amount);
  } else if (!reached) {
    const auto percent = std::to_string(rule.limit.thresholds[passed - 1]);
    say(standing, model::EventKind::quota_near, subject + " has used " + percent + " % of " + amount);
  }
}

void QuotaBook::judge_all(Rule& rule) {
  for (auto& standing : rule.standings) judge(*standing);
}

void QuotaBook::set_watch(Standing& standing) const {
  const auto& thresholds = standing.rule->limit.thresholds;
  auto watch = standing.reached ? never : stop_at(standing);
  if (standing.passed < thresholds.size())
    watch = std::min(watch, percent_of(standing.allowed, thresholds[standing.passed]));
  if (!standing.pending && !standing.urgent) watch = std::min(watch, standing.told_used + step_of(standing));
  standing.watch = watch;
}

void QuotaBook::tell(Standing& standing, bool urgent) {
  auto& list = urgent ? urgent_ : pending_;
  auto& listed = urgent ? standing.urgent : standing.pending;
  if (!listed) list.push_back(&standing);
  listed = true;
}

void QuotaBook::say(const Standing& standing, model::EventKind kind, std::string text) {
  model::Event event;
  event.at = now_;
  event.kind = kind;
  if (!standing.user.empty()) event.user = standing.user;
  event.text = std::move(text);
  news_.events.push_back(std::move(event));
}

void QuotaBook::touch(const Standing& standing) {
  if (!standing.user.empty()) {
    touched_.push_back(standing.user);
    return;
  }
  for (auto& user : users_of(standing)) touched_.push_back(std::move(user));
}

std::vector<std::string> QuotaBook::users_of(const Standing& standing) const {
  if (!standing.user.empty()) return {standing.user};
  if (!standing.rule->binds_everyone()) return standing.rule->members;
  std::vector<std::string> all;
  all.reserve(users_.size());
  for (const auto& [user, bound] : users_) all.push_back(user);
  return all;
}

std::optional<Refused> QuotaBook::refused(const std::string& user) const {
  const auto found = users_.find(user);
  if (found == users_.end()) return std::nullopt;
  const Standing* last = nullptr;
  const auto until = [](const Standing& standing) { return standing.rule->span.end.value_or(base::Time::max()); };
  for (const auto* standing : found->second) {
    if (!standing->reached || !standing->rule->limit.enforce) continue;
    if (last == nullptr || until(*standing) > until(*last)) last = standing;
  }
  if (last == nullptr) return std::nullopt;
  const auto& rule = *last->rule;
  return Refused{{user, model::RefusalReason::quota, rule.span.end}, refusal_message(rule.limit, rule.span, zones_)};
}

model::Quota QuotaBook::quota(const Standing& standing) const {
  const auto& rule = *standing.rule;
  const auto& limit = rule.limit;
  const auto& span = standing.meter.span();
  model::Quota quota;
  quota.limit_id = limit.id;
  quota.user = standing.user;
  if (limit.subject_kind != model::LimitSubject::user) quota.group = limit.subject;
  quota.direction = limit.direction;
  quota.state = standing.state();
  quota.enforce = limit.enforce;
  quota.kernel_stop = limit.kernel_stop;
  quota.used_bytes = standing.used();
  quota.allowed_bytes = standing.allowed;
  quota.limit_bytes = limit.bytes;
  quota.period = limit.period.kind;
  quota.period_start_at = rule.span.start;
  if (limit.period.kind != model::PeriodKind::once) quota.resets_at = span.end;
  if (limit.period.kind == model::PeriodKind::rolling || !rule.in_force(now_)) return quota;
  SoFar so_far{span.start, span.end, quota.used_bytes, quota.allowed_bytes, {}};
  if (span.start == base::Time{}) so_far.since = limit.created_at;
  if (standing.reset && standing.reset->forgiven) so_far.since = std::max(so_far.since, standing.reset->at);
  if (const auto before = period_before(limit.period, zones_, span); before && standing.last)
    so_far.last_pace = static_cast<double>(model::bytes_of(*standing.last, limit.direction)) * 1000 /
                       static_cast<double>((span.start - before->start).count());
  const auto guess = forecast(so_far, now_);
  quota.forecast_bytes = guess.forecast_bytes;
  quota.runs_out_at = standing.reached ? standing.reached_at : guess.runs_out_at;
  return quota;
}

std::vector<model::Quota> QuotaBook::quotas() const {
  std::vector<model::Quota> all;
  for (const auto& rule : rules_) {
    for (const auto& standing : rule->standings) {
      if (standing->told && standing->meter.loaded()) all.push_back(quota(*standing));
    }
  }
  return all;
}

std::vector<Standing*> QuotaBook::take_moved() {
  for (auto* standing : moved_) standing->moved = false;
  return std::exchange(moved_, {});
}

std::vector<const Standing*> QuotaBook::in_kernel() const {
  std::vector<const Standing*> all;
  for (const auto& rule : rules_) {
    if (!rule->limit.kernel_stop || !rule->limit.enforce) continue;
    for (const auto& standing : rule->standings) {
      if (standing->meter.loaded()) all.push_back(standing.get());
    }
  }
  return all;
}

bool QuotaBook::urgent() const {
  const bool can_be_loaded = std::ranges::any_of(wanting_, [&](const auto* rule) { return rule->wanted_at == cut_; });
  return !urgent_.empty() || !news_.events.empty() || !news_.resets.empty() || !news_.grants.empty() || can_be_loaded;
}

QuotaNews QuotaBook::take() {
  ++cut_;
  readings_.clear();
  for (auto* standing : std::exchange(urgent_, {})) {
    standing->urgent = false;
    if (!standing->meter.loaded()) continue;
    standing->told = true;
    standing->told_used = standing->used();
    set_watch(*standing);
    news_.changes.emplace_back(model::QuotaChanged{quota(*standing)});
  }
  return std::exchange(news_, {});
}

}  // namespace davylamp::core
