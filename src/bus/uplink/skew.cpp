#include "bus/uplink/skew.hpp"

#include <chrono>
#include <variant>

namespace davylamp::uplink {

std::optional<Skew> skew_of(const RoundTrip& trip) {
  const auto there_and_back = (trip.answered_at - trip.asked_at) - (trip.told_at - trip.heard_at);
  if (trip.answered_at < trip.asked_at || trip.told_at < trip.heard_at || there_and_back < base::Milliseconds{0})
    return std::nullopt;
  const auto offset = ((trip.heard_at - trip.asked_at) + (trip.told_at - trip.answered_at)) / 2;
  // Each of the four times is cut to a millisecond.
  return Skew{offset, there_and_back / 2 + base::Milliseconds{1}};
}

SkewMeter::SkewMeter(std::optional<base::Milliseconds> known) {
  if (known && std::chrono::abs(*known) > worth_correcting) in_force_ = *known;
}

bool SkewMeter::add(const RoundTrip& trip) {
  const auto skew = skew_of(trip);
  if (!skew || (best_ && best_->uncertainty <= skew->uncertainty)) return false;
  best_ = skew;
  if (std::chrono::abs(skew->offset - in_force_) <= worth_correcting + skew->uncertainty) return false;
  const bool worth = std::chrono::abs(skew->offset) > worth_correcting + skew->uncertainty;
  const auto wanted = worth ? skew->offset : base::Milliseconds{0};
  if (wanted == in_force_) return false;
  in_force_ = wanted;
  return true;
}

namespace {

struct Correction {
  base::Milliseconds offset;

  void operator()(base::Time& time) const {
    if (time != base::Time{}) time -= offset;
  }
  void operator()(std::optional<base::Time>& time) const {
    if (time) (*this)(*time);
  }
  void operator()(model::PeerFacts& facts) const { (*this)(facts.connected_at); }

  void operator()(model::PeerSeen& seen) const {
    if (seen.facts) (*this)(*seen.facts);
  }
  void operator()(model::PeerFinal& last) const {
    (*this)(last.facts);
    (*this)(last.ended_at);
  }
  void operator()(model::SourceHealth& health) const {
    (*this)(health.server.started_at);
    (*this)(health.server.last_snapshot_at);
  }
  void operator()(model::PeersJudged& judged) const {
    for (auto& peer : judged.peers) {
      if (peer.quality) (*this)(peer.quality->at);
    }
  }
  // Rows are told apart by their number, not by their hour.
  void operator()(model::AttemptsCounted& counted) const {
    for (auto& attempt : counted.attempts) {
      (*this)(attempt.hour_at);
      attempt.hour_at = base::floor_to(attempt.hour_at + std::chrono::minutes{30}, base::Seconds{3'600});
      (*this)(attempt.first_at);
      (*this)(attempt.last_at);
    }
  }
  void operator()(model::CanaryAsked& asked) const { (*this)(asked.sighting.at); }
  template <class Other>
  void operator()(Other&) const {}
};

}  // namespace

void correct(model::Observation& observation, base::Milliseconds offset) {
  if (offset == base::Milliseconds{0}) return;
  const Correction correction{offset};
  correction(observation.at);
  std::visit(correction, observation.fact);
}

}  // namespace davylamp::uplink
