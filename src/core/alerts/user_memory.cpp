#include "core/alerts/user_memory.hpp"

#include <algorithm>
#include <functional>

namespace davylamp::core {
namespace {

constexpr std::size_t most_closed = 65'536;
constexpr std::size_t most_servers = 1'000;

std::uint64_t hash_of(std::string_view name) {
  return std::hash<std::string_view>{}(name);
}

std::uint32_t seconds_of(base::Time at) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(0, base::to_unix_seconds(at)));
}

}  // namespace

UserMemory::User* UserMemory::user_of(const std::string& name) {
  const auto hash = hash_of(name);
  const auto found = users_.find(hash);
  if (found != users_.end()) return &found->second;
  if (users_.size() >= most_users) {
    ++dropped_;
    return nullptr;
  }
  return &users_[hash];
}

void UserMemory::forget(const std::string& user) {
  users_.erase(hash_of(user));
}

const UserMemory::User* UserMemory::find(const std::string& name) const {
  const auto found = users_.find(hash_of(name));
  return found == users_.end() ? nullptr : &found->second;
}

std::uint16_t UserMemory::number_of(const std::string& server) {
  const auto found = std::ranges::find(servers_, server);
  if (found == servers_.end() && servers_.size() >= most_servers) return 0;
  const auto number = static_cast<std::uint16_t>(found - servers_.begin() + 1);
  if (found == servers_.end()) servers_.push_back(server);
  return number;
}

bool UserMemory::learn(User& user, const model::Session& session) {
  if (!session.place || !session.place->country_code || session.place->country_code->size() != 2) return false;
  const std::array<char, 2> code{session.place->country_code->at(0), session.place->country_code->at(1)};
  if (std::ranges::find(user.countries, code) != user.countries.end()) return false;
  const bool first = user.countries[0] == std::array<char, 2>{};
  user.countries.at(user.next) = code;
  user.next = static_cast<std::uint8_t>((user.next + 1) % user.countries.size());
  return !first;
}

void UserMemory::restore(const model::Checkpoint& checkpoint) {
  for (const auto& row : checkpoint.recently_closed) {
    opened(row.session);
    closed(row.session);
  }
  for (const auto& row : checkpoint.open_sessions) opened(row.session);
}

UserMemory::Opening UserMemory::opened(const model::Session& session) {
  auto* user = user_of(session.user);
  if (user == nullptr) return {};
  ++user->open;
  user->last_at = std::max(user->last_at, seconds_of(session.opened_at));
  user->server = number_of(session.server);
  return {learn(*user, session)};
}

bool UserMemory::moved(const model::Session& session) {
  auto* user = user_of(session.user);
  return user != nullptr && learn(*user, session);
}

void UserMemory::note_closed(model::SessionId id) {
  closed_.insert(id);
  closed_in_order_.push_back(id);
  if (closed_in_order_.size() <= most_closed) return;
  closed_.erase(closed_in_order_.front());
  closed_in_order_.pop_front();
}

bool UserMemory::closed(const model::Session& session) {
  if (closed_.contains(session.id)) return false;
  note_closed(session.id);
  auto* user = user_of(session.user);
  if (user == nullptr) return true;
  if (user->open > 0) --user->open;
  user->last_at = std::max(user->last_at, seconds_of(session.closed_at.value_or(session.last_seen_at)));
  return true;
}

bool UserMemory::seen(const std::string& user, base::Time since) const {
  const auto* found = find(user);
  return found != nullptr && (found->open > 0 || found->last_at >= seconds_of(since));
}

std::string UserMemory::server_of(const std::string& user) const {
  const auto* found = find(user);
  return found == nullptr || found->server == 0 ? std::string{} : servers_.at(found->server - 1U);
}

}  // namespace davylamp::core
