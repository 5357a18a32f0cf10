// The Telegram bots: they hear what allowed chats ask, and answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/bot/answers.hpp"
#include "app/config.hpp"
#include "app/log.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "io/task.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

struct BotNeeds {
  contract::Bus& bus;  // for what is acknowledged
  const core::Pipeline& pipeline;
  const base::Clock& clock;
  const base::Zones& zones;
  Log& log;
  contract::Store& store;                               // for the audit log
  io::Worker<contract::AccountStore>* audit = nullptr;  // of Bots
};

class Bot;

// One bot per Telegram channel that wants one, each with a thread of its own. On the pipeline's loop.
class Bots {
 public:
  Bots(const Config& config, const BotNeeds& needs);
  ~Bots();
  Bots(const Bots&) = delete;
  Bots& operator=(const Bots&) = delete;

  // Until cancelled; then within about a second.
  io::Task<void> run();
  // Messages and presses of those who are not allowed, all without an answer, since the start.
  std::uint64_t strangers() const;
  // Questions that came faster than they are answered, and got none.
  std::uint64_t unanswered() const;

 private:
  io::Task<void> run_from(std::size_t index);
  io::Task<void> wait_for_stop();
  std::shared_ptr<std::atomic<bool>> stopping_;
  std::optional<io::Worker<contract::AccountStore>> audit_;  // where there is a bot
  std::vector<std::unique_ptr<Bot>> bots_;
};

}  // namespace davylamp::app
