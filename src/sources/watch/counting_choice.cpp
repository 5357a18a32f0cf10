#include "sources/watch/counting_choice.hpp"

namespace davylamp::watch {

using model::WitnessState;

void CountingChoice::told(std::size_t witness, base::Time now, WitnessState state) {
  auto& seat = seats_[witness];
  if (seat.state == state) return;
  const bool looked = seat.state == WitnessState::looking;
  seat = {state, now};
  if (looked || state == WitnessState::looking) settled_at_ = now;
}

std::optional<std::size_t> CountingChoice::first_looking(base::Time now) const {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].state == WitnessState::looking) return i;
    const bool undecided = seats_[i].state == WitnessState::starting && now - *began_at_ < patience_.at_start;
    if (undecided) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::size_t> CountingChoice::choose(base::Time now) {
  if (!began_at_) {
    began_at_ = now;
    for (auto& seat : seats_) seat.since = std::max(seat.since, now);
  }
  if (!counting_) return counting_ = first_looking(now);
  const auto& seat = seats_[*counting_];
  if (seat.state == WitnessState::looking) {
    for (std::size_t i = 0; i < *counting_; ++i) {
      if (looks(i) && now - seats_[i].since >= patience_.better) return counting_ = i;
    }
    return counting_;
  }
  const bool patient = seat.state != WitnessState::refused && now - seat.since < patience_.broken;
  if (patient) return counting_;
  if (const auto next = first_looking(now)) counting_ = next;
  return counting_;
}

}  // namespace davylamp::watch
