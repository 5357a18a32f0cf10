// Logins that were refused, as lines for people: at most one a minute for a user, with a count.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/event.hpp"
#include "model/observation.hpp"

namespace davylamp::core {

class RefusedLogins {
 public:
  void add(const std::string& server, base::Time at, const model::LoginRefused& refused);
  // What was gathered is told once its minute is over.
  void tick(base::Time now);
  std::vector<model::Event> take() { return std::exchange(events_, {}); }
  bool urgent() const { return !events_.empty(); }
  // Refusals of users of whom there were too many at once.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Entry {
    base::Time told_at{};
    std::uint64_t count = 0;  // since then
    model::Event last;
  };
  std::map<std::string, Entry> entries_;
  std::vector<model::Event> events_;
  std::uint64_t dropped_ = 0;
};

}  // namespace davylamp::core
