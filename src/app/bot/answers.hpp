// What the Telegram bot answers, from what is true now.
#pragma once

#include <string>

#include "base/time.hpp"
#include "core/pipeline.hpp"
#include "notify/telegram/bot_think.hpp"
#include "notify/words/composer.hpp"

namespace davylamp::app {

// Used on the pipeline's loop. Plain text, without markup; what a peer can name is made safe in it.
class Answers {
 public:
  static constexpr std::size_t most_lines = 30;
  explicit Answers(const core::Pipeline& pipeline) : pipeline_(pipeline) {}
  // In the composer's language and zone.
  std::string to(const notify::BotAsked& asked, const notify::Composer& composer, base::Time now) const;

 private:
  std::string status(const notify::Composer& composer, base::Time now) const;
  std::string who(const notify::Composer& composer, base::Time now) const;
  std::string top(const notify::Composer& composer, base::Time now) const;
  std::string quota(const std::string& user, const notify::Composer& composer) const;

  const core::Pipeline& pipeline_;
};

}  // namespace davylamp::app
