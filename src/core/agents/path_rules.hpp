// Whether the path is worse than this agent's own last day. Pure.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>

#include "core/agents/findings.hpp"
#include "core/agents/hours.hpp"

namespace davylamp::core {

// What this agent usually has, of hours that begin before `until`.
struct UsualPath {
  static constexpr std::uint64_t least_looks = 30;  // of fewer nothing is said
  std::uint64_t looks = 0;
  std::optional<double> latency_p95;
  double loss = 0;
};
UsualPath usual_path(const Hours& hours, base::Time until);

// Holds for three looks before it is said, and as many before it is over: loss of at least 2 % and three times the
// usual, in at least three lost probes of two looks; or a median latency of half above the usual p95 and 20 ms more.
// Both over the last five looks. What is usual stands still while it is worse, for a day: then that is the usual.
class PathWatch {
 public:
  static constexpr int hold_looks = 3;
  static constexpr std::size_t window_looks = 5;
  struct Look {
    base::Time at{};
    std::uint32_t sent = 0;
    std::uint32_t lost = 0;
    std::optional<double> latency_milliseconds;
  };
  // What is to be said now; nothing when the path is as usual, or nobody can tell.
  std::optional<Shown> look(const Look& look, const UsualPath& usual);
  // Three looks in a row were as usual.
  bool is_calm() const { return calm_ >= hold_looks; }
  bool is_worse() const { return worse_since_.has_value(); }

 private:
  std::string why() const;
  std::deque<Look> looks_;
  UsualPath usual_;
  std::optional<base::Time> worse_since_;
  int worse_ = 0;
  int calm_ = 0;
};

}  // namespace davylamp::core
