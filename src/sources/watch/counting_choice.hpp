// Which of several witnesses counts: the first, in the order of trust, that looks.
#pragma once

#include <optional>
#include <vector>

#include "base/time.hpp"
#include "model/evidence.hpp"

namespace davylamp::watch {

class CountingChoice {
 public:
  struct Patience {
    base::Seconds at_start{5};  // for a better one to say whether it looks
    base::Seconds broken{5};    // for the one that counts to come back
    base::Seconds better{60};   // for a better one to have looked without a break: each change loses a moment
  };
  // `counting`: the one that counted before, if it is known.
  CountingChoice(std::size_t witnesses, std::optional<std::size_t> counting, Patience patience)
      : seats_(witnesses), counting_(counting), patience_(patience) {}
  CountingChoice(std::size_t witnesses, std::optional<std::size_t> counting)
      : CountingChoice(witnesses, counting, Patience{}) {}

  void told(std::size_t witness, base::Time now, model::WitnessState state);
  // Call about once a second. Nobody counts until the first choice.
  std::optional<std::size_t> choose(base::Time now);
  std::optional<std::size_t> counting() const { return counting_; }
  bool looks(std::size_t witness) const { return seats_[witness].state == model::WitnessState::looking; }
  model::WitnessState state(std::size_t witness) const { return seats_[witness].state; }
  // When it last became known who looks.
  base::Time settled_at() const { return settled_at_; }

 private:
  struct Seat {
    model::WitnessState state = model::WitnessState::starting;
    base::Time since{};
  };
  std::optional<std::size_t> first_looking(base::Time now) const;

  std::vector<Seat> seats_;
  std::optional<std::size_t> counting_;
  Patience patience_;
  std::optional<base::Time> began_at_;
  base::Time settled_at_{};
};

}  // namespace davylamp::watch
