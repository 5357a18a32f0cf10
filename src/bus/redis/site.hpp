// What the parts of one bus share: where Redis is, what its keys are called, and whether it still has what it had.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "bus/redis/connection.hpp"
#include "bus/redis/requests.hpp"

namespace davylamp::redis {

// How long is waited for a connection, and for an answer.
inline constexpr base::Milliseconds connect_limit{3'000};
inline constexpr base::Milliseconds answer_limit{10'000};

// A word that Redis keeps as long as it keeps our data: another one, or none, shows that it lost them.
class Life {
 public:
  // `offered` was set if there was none; empty: nothing was offered.
  void see(const Reply& answer, const std::string& offered = {});
  bool is(const Reply& answer) const { return answer.is_text() && answer.text == word_; }
  // How often what was stored was lost. From any thread.
  std::uint64_t lost() const { return lost_; }

 private:
  std::string word_;
  std::atomic<std::uint64_t> lost_ = 0;
};

// A random word of 16 digits: nobody else's.
std::string random_word();

// Used on the loop of the bus only.
struct Site {
  std::shared_ptr<const Access> access;
  Keys keys;
  std::uint32_t shards = 1;
  std::string publisher = random_word();
  Life life;

  // A connection that was found to be to the right Redis. Throws Failure.
  io::Task<std::unique_ptr<Connection>> connect();
};

}  // namespace davylamp::redis
