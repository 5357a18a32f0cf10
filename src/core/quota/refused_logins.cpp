#include "core/quota/refused_logins.hpp"

namespace davylamp::core {
namespace {

constexpr base::Seconds minute{60};
constexpr std::size_t most_users = 10'000;

std::string why_text(const std::string& why) {
  if (why == "quota") return "the limit is reached";
  return why == "blocked" ? "the user is blocked" : why;
}

}  // namespace

void RefusedLogins::add(const std::string& server, base::Time at, const model::LoginRefused& refused) {
  if (!entries_.contains(refused.user) && entries_.size() >= most_users) {
    ++dropped_;
    return;
  }
  auto& entry = entries_[refused.user];
  auto& event = entry.last;
  event.at = at;
  event.kind = model::EventKind::login_refused;
  event.server = server;
  event.user = refused.user;
  event.place = refused.place;
  event.text = refused.user + " was not let in on " + server + ": " + why_text(refused.why);
  const bool first = entry.told_at == base::Time{};
  if (!first) {
    ++entry.count;
    return;
  }
  entry.told_at = at;
  events_.push_back(event);
}

void RefusedLogins::tick(base::Time now) {
  for (auto one = entries_.begin(); one != entries_.end();) {
    auto& entry = one->second;
    if (now - entry.told_at < minute && now >= entry.told_at) {
      ++one;
      continue;
    }
    if (entry.count == 0) {
      one = entries_.erase(one);
      continue;
    }
    entry.last.text += ", " + std::to_string(entry.count) + (entry.count == 1 ? " time more" : " times more");
    entry.last.text += " within a minute";
    events_.push_back(entry.last);
    entry.count = 0;
    entry.told_at = now;
    ++one;
  }
}

}  // namespace davylamp::core
