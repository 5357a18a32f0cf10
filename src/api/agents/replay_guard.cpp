#include "api/agents/replay_guard.hpp"

#include <algorithm>

namespace davylamp::api {

bool ReplayGuard::admit(const Signature& signature) {
  if (signature.at <= floor_) return false;
  const auto same = [&](const Signature& seen) { return seen.nonce == signature.nonce; };
  if (std::ranges::any_of(seen_, same)) return false;
  seen_.insert(std::ranges::upper_bound(seen_, signature.at, {}, &Signature::at), signature);
  while (seen_.size() > most || seen_.back().at - seen_.front().at > window) {
    floor_ = std::max(floor_, seen_.front().at);
    seen_.pop_front();
  }
  return true;
}

void ReplayGuard::withdraw(const Signature& signature) {
  std::erase_if(seen_, [&](const Signature& seen) { return seen.nonce == signature.nonce; });
}

}  // namespace davylamp::api
