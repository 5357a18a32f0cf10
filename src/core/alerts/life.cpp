#include "core/alerts/life.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace davylamp::core {
namespace {

std::uint32_t seen_in(std::uint64_t looks, std::uint32_t of) {
  const auto mask = of >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << of) - 1;
  return static_cast<std::uint32_t>(std::popcount(looks & mask));
}

}  // namespace

void Life::hear(const Sign& sign, base::Time now) {
  const bool again = sign.look && look_ == sign.look;
  heard_at_ = now;
  if (sign.look) look_ = sign.look;
  if (!std::exchange(known_, true) && sign.holds) away_since_.reset();
  if (is_occasion(sign.topic.condition)) {
    if (again || !sign.holds) return;
    sign_ = sign;
    since_ = std::min(sign.since.value_or(now), now);
    ++occasions_;
    return;
  }
  if (!again) looks_ = looks_ << 1U | (sign.holds ? 1U : 0U);
  gone_ = sign.gone;
  if (gone_) looks_ = 0;
  if (sign.holds) {
    if (!holds_ && stage_ == Stage::quiet) since_ = std::min(sign.since.value_or(now), now);
    sign_ = sign;
  }
  holds_ = sign.holds;
}

void Life::restore(const model::Incident& incident, base::Time now) {
  sign_.topic = Topic::of(incident);
  sign_.parent = incident.parent;
  sign_.values = incident.values;
  sign_.evidence = incident.evidence;
  since_ = incident.since_at;
  heard_at_ = now;
  incident_id = incident.id;
  flaps_in_incident_ = incident.flaps;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(incident.flaps, Flaps::many); ++i) flaps_.add(now);
  flapped_ = incident.flaps >= Flaps::many;
  stage_ = incident.fired_at ? Stage::firing : Stage::pending;
  holds_ = stage_ == Stage::pending;
  looks_ = ~std::uint64_t{0};
  known_ = false;
  if (stage_ == Stage::firing) away_since_ = now;
}

void Life::restore_past(const model::Incident& incident) {
  const auto over = incident.resolved_at.value_or(incident.since_at);
  if (over_at_ && *over_at_ >= over) return;
  if (over_at_) flaps_.add(incident.fired_at.value_or(over));
  over_at_ = over;
  heard_at_ = std::max(heard_at_, over);
  sign_.topic = Topic::of(incident);
  if (is_occasion(incident.condition) && incident.condition == model::ConditionKind::agent_exit_changed) {
    look_ = static_cast<std::uint64_t>(incident.since_at.time_since_epoch().count());
  }
}

bool Life::on(const model::AlertRule& rule) const {
  if (rule.needed <= 1) return holds_;
  return seen_in(looks_, std::max(rule.of, rule.needed)) >= rule.needed;
}

bool Life::any(const model::AlertRule& rule) const {
  return holds_ || (rule.needed > 1 && seen_in(looks_, std::max(rule.of, rule.needed)) > 0);
}

base::Seconds Life::clear(const model::AlertRule& rule) const {
  base::Seconds least{rule.clear_seconds};
  if (!known_) return std::max(least, unheard);
  if (gone_) return base::Seconds{0};
  return flapped_ ? std::max(least, Flaps::calm) : least;
}

void Life::fire(base::Time now) {
  stage_ = Stage::firing;
  away_since_.reset();
  flaps_in_incident_ = 0;
  const bool returned = over_at_ && now - *over_at_ <= Flaps::within;
  if (!returned) flaps_ = {};
  if (returned) flaps_.add(now);
  flaps_in_incident_ = flaps_.total();
  flapped_ = flaps_.flapping(now);
}

void Life::end(base::Time now) {
  stage_ = Stage::quiet;
  away_since_.reset();
  over_at_ = now;
  known_ = true;
  if (holds_) since_ = now;
}

Step Life::advance_occasion(base::Time now) {
  if (stage_ == Stage::firing) {
    if (flapped_ && occasions_ > 0) {
      flaps_in_incident_ += std::exchange(occasions_, 0);
      flaps_.add(now);
      away_since_ = now;
    }
    if (flapped_ && away_since_ && now - *away_since_ < Flaps::calm) return Step::none;
    end(now);
    return Step::resolved;
  }
  if (occasions_ == 0) return Step::none;
  --occasions_;
  fire(now);
  away_since_ = now;
  return Step::fired;
}

Step Life::advance_firing(const model::AlertRule& rule, base::Time now) {
  if (on(rule) && known_) {
    if (away_since_) {
      ++flaps_in_incident_;
      flaps_.add(now);
      flapped_ = flapped_ || flaps_.flapping(now);
    }
    away_since_.reset();
    return Step::none;
  }
  if (!away_since_) away_since_ = now;
  if (now - *away_since_ < clear(rule)) return Step::none;
  end(now);
  return Step::resolved;
}

Step Life::advance(const model::AlertRule& rule, base::Time now) {
  if (is_occasion(sign_.topic.condition)) return advance_occasion(now);
  if (stage_ == Stage::firing) return advance_firing(rule, now);
  if (stage_ == Stage::quiet) {
    if (!holds_) return Step::none;
    stage_ = Stage::pending;
    return Step::began;
  }
  if (!known_ && now - heard_at_ < unheard) return Step::none;
  if (!known_ || !any(rule)) {
    holds_ = holds_ && known_;
    stage_ = Stage::quiet;
    return Step::passed;
  }
  if (!on(rule) || now - since_ < base::Seconds{rule.hold_seconds}) return Step::none;
  fire(now);
  return Step::fired;
}

Step Life::stop() {
  occasions_ = 0;
  const auto before = std::exchange(stage_, Stage::quiet);
  away_since_.reset();
  if (before == Stage::quiet) return Step::none;
  return before == Stage::pending ? Step::passed : Step::resolved;
}

bool Life::spent(base::Time now) const {
  const auto old = [&](base::Time at) { return now - at > Flaps::within; };
  if (stage_ != Stage::quiet || holds_ || occasions_ > 0 || (over_at_ && !old(*over_at_))) return false;
  return !is_occasion(sign_.topic.condition) || old(heard_at_);
}

}  // namespace davylamp::core
