// When a source says again how its server fares.
#pragma once

#include <optional>
#include <utility>

#include "base/time.hpp"
#include "model/server.hpp"

namespace davylamp::contract {

class HealthRepeat {
 public:
  // News: anything but the time of the last answer changed, or nothing was said for 5 s. What is asked about is taken
  // as said.
  bool due(model::ServerFacts facts, base::Time now) {
    facts.last_snapshot_at.reset();
    if (facts == told_ && now - told_at_ < repeat_every) return false;
    told_ = std::move(facts);
    told_at_ = now;
    return true;
  }
  // Whatever comes next is news.
  void forget() { told_.reset(); }

 private:
  // So that the age of an unchanged report can be told.
  static constexpr base::Seconds repeat_every{5};
  std::optional<model::ServerFacts> told_;
  base::Time told_at_{};
};

}  // namespace davylamp::contract
