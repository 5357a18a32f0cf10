#include "core/attempt_board.hpp"

#include <utility>

namespace davylamp::core {

void AttemptBoard::take_in(const model::Observation& observation, const model::AttemptsCounted& counted) {
  for (const auto& attempt : counted.attempts) {
    auto [row, fresh] = waiting_.try_emplace({observation.source, observation.boot, attempt.number}, attempt);
    if (!fresh && row->second.count < attempt.count) row->second = attempt;
  }
}

std::vector<model::StoredAttempt> AttemptBoard::take() {
  std::vector<model::StoredAttempt> attempts;
  attempts.reserve(waiting_.size());
  for (auto& [key, attempt] : std::exchange(waiting_, {})) {
    attempts.push_back({std::get<0>(key), std::get<1>(key), attempt});
  }
  return attempts;
}

void AttemptBoard::forget_user(std::string_view user) {
  std::erase_if(waiting_, [user](const auto& row) { return row.second.user == user; });
}

}  // namespace davylamp::core
