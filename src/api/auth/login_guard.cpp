#include "api/auth/login_guard.hpp"

#include <algorithm>

#include "api/rates/bucket_table.hpp"

namespace davylamp::api {
std::optional<base::Seconds> LoginGuard::attempt(const std::string& account, const model::Address& address,
                                                 base::Time now) {
  const auto by_account = "a" + subscriber_key(address) + account;
  const auto by_address = "b" + subscriber_key(address);
  const auto left = std::max(lock_left(by_account, now), lock_left(by_address, now));
  if (left) return left;
  count(by_account, limits_.per_account, now);
  count(by_address, limits_.per_address, now);
  return std::nullopt;
}

void LoginGuard::succeeded(const std::string& account, const model::Address& address) {
  entries_.erase("a" + subscriber_key(address) + account);
  const auto found = entries_.find("b" + subscriber_key(address));
  if (found == entries_.end()) return;
  if (found->second.attempts > 0) --found->second.attempts;
  if (found->second.attempts < limits_.per_address) found->second.locked_until = {};
}

std::optional<base::Seconds> LoginGuard::lock_left(const std::string& key, base::Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.locked_until <= now) return std::nullopt;
  // A clock that was set back must not lock for longer than a lock lasts.
  const auto left = std::chrono::ceil<base::Seconds>(found->second.locked_until - now);
  return std::min(left, limits_.longest_lock);
}

void LoginGuard::count(const std::string& key, std::uint64_t most, base::Time now) {
  if (!entries_.contains(key)) make_room(now);
  auto& entry = entries_[key];
  if (now - entry.last_at > limits_.forget) entry.attempts = 0;
  entry.last_at = now;
  ++entry.attempts;
  if (entry.attempts < most) return;
  const auto doublings = std::min<std::uint64_t>(entry.attempts - most, 20);
  entry.locked_until = now + std::min<base::Seconds>(limits_.first_lock * (1LL << doublings), limits_.longest_lock);
}

void LoginGuard::make_room(base::Time now) {
  if (entries_.size() < limits_.most_entries) return;
  std::erase_if(entries_, [&](const auto& item) { return now - item.second.last_at > limits_.forget; });
  if (entries_.size() < limits_.most_entries) return;
  const auto quietest = std::ranges::min_element(entries_, {}, [](const auto& item) { return item.second.last_at; });
  entries_.erase(quietest);
  ++forgotten_;
}

}  // namespace davylamp::api
