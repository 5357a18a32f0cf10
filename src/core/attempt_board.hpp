// Attempts that are still to be written: what sources counted last of each of their rows.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/ledger.hpp"

namespace davylamp::core {

class AttemptBoard {
 public:
  void take_in(const model::Observation& observation, const model::AttemptsCounted& counted);
  // What was not taken before; a row that was told several times is there once, with its greatest count.
  std::vector<model::StoredAttempt> take();
  // What is waiting of a user who was erased is not written.
  void forget_user(std::string_view user);

 private:
  using Key = std::tuple<model::SourceId, std::uint64_t, std::uint64_t>;  // with boot and number
  std::map<Key, model::AttemptCount> waiting_;
};

}  // namespace davylamp::core
