// One bot at work.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "app/bot/bots.hpp"
#include "app/delivery/rate_cap.hpp"
#include "io/worker.hpp"
#include "notify/telegram/bot_talk.hpp"

namespace davylamp::app {

class Bot {
 public:
  Bot(const TelegramConfig& config, const std::string& state_directory, const BotNeeds& needs,
      std::function<bool()> stopping);

  io::Task<void> run();
  std::uint64_t strangers() const { return strangers_; }
  std::uint64_t unanswered() const { return unanswered_; }

 private:
  io::Task<void> learn_own_name();
  io::Task<bool> poll();
  io::Task<void> react(notify::BotMove move);
  io::Task<void> react_to(const notify::BotAsked& asked);
  io::Task<void> react_to(const notify::BotAcknowledged& taken);
  // A line in the audit log, written before it is done.
  io::Task<void> note_down(std::uint64_t incident_id, const std::string& by);
  io::Task<void> pause(base::Milliseconds length);
  base::Milliseconds complain(const notify::TelegramAnswer& answer);
  void load_offset();
  void keep_offset();

  std::string name_;
  std::string offset_file_;
  std::function<bool()> stopping_;
  BotNeeds needs_;
  Answers answers_;
  notify::Composer composer_;
  notify::BotMind mind_;
  bool named_ = false;
  std::int64_t offset_ = 0;
  std::uint32_t failures_ = 0;
  std::uint64_t strangers_ = 0;
  std::uint64_t unanswered_ = 0;
  std::map<std::int64_t, RateCap> caps_;  // by chat; only allowed ones
  io::Worker<notify::BotTalk> worker_;
};

}  // namespace davylamp::app
