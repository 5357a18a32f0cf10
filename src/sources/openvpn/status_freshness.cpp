#include "sources/openvpn/status_freshness.hpp"

#include <algorithm>

namespace davylamp::openvpn {
namespace {

constexpr base::Seconds shortest{1};
constexpr base::Seconds longest{3'600};
constexpr base::Seconds grace{5};
constexpr base::Seconds least_over{120};

}  // namespace

void StatusFreshness::note(base::Time made_at) {
  if (made_at_ && made_at > *made_at_) {
    const auto step = std::chrono::duration_cast<base::Seconds>(made_at - *made_at_);
    // A gap in which the server stood still says nothing of its interval.
    if (step <= 3 * interval_) interval_ = std::clamp(step, shortest, longest);
  }
  made_at_ = made_at;
}

bool StatusFreshness::late(base::Time now) const {
  return made_at_ && now - *made_at_ > 3 * interval_ + grace;
}

bool StatusFreshness::over(base::Time now) const {
  return made_at_ && now - *made_at_ > std::max(5 * interval_, least_over);
}

}  // namespace davylamp::openvpn
