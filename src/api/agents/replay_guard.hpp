// Which signed reports of one agent were here already.
#pragma once

#include <deque>
#include <string>

#include "api/agents/signature.hpp"

namespace davylamp::api {

// Remembers the nonces of the latest reports, at most `most` and within `window` of the newest; what is older than
// anything remembered is taken for a replay. Knows nothing of the time before it was made.
class ReplayGuard {
 public:
  static constexpr std::size_t most = 128;
  static constexpr base::Milliseconds window{300'000};

  // False when the report was here, or is too old to tell.
  bool admit(const Signature& signature);
  // It was admitted and could not be kept: it may come again.
  void withdraw(const Signature& signature);
  std::size_t size() const { return seen_.size(); }

 private:
  std::deque<Signature> seen_;  // in order of time
  base::Time floor_{};          // at and before it nothing is remembered
};

}  // namespace davylamp::api
