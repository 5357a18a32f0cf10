#include "app/bot/bot.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "io/kept_file.hpp"
#include "notify/words/catalogue.hpp"
#include "notify/words/phrase.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;
using notify::BotTalk;
using notify::TelegramAnswer;

constexpr std::size_t most_offset_bytes = 32;
// Telegram lets about 20 messages a minute into a group.
const RateCap::Window answers_per_chat{15, base::Milliseconds{60'000}};
constexpr base::Milliseconds first_pause{1'000};
constexpr base::Milliseconds longest_pause{60'000};
constexpr base::Milliseconds hopeless_pause{300'000};  // a wrong token, or another program that polls
constexpr base::Seconds acknowledge_within{60};
// Whoever does not hold the question until there is something is not asked without rest.
constexpr base::Milliseconds shortest_round{1'000};

// A part of a file's name: nothing but plain letters.
std::string file_part(const std::string& name) {
  std::string part;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    part += plain ? c : '_';
  }
  return part;
}

}  // namespace

Bot::Bot(const TelegramConfig& config, const std::string& state_directory, const BotNeeds& needs,
         std::function<bool()> stopping)
    : name_(config.name),
      offset_file_(state_directory + "/telegram-" + file_part(config.name) + ".offset"),
      stopping_(std::move(stopping)),
      needs_(needs),
      answers_(needs.pipeline),
      composer_(config.language, config.zone, needs.zones),
      mind_(config.chats, ""),
      worker_(
          "bot-" + config.name,
          std::make_unique<BotTalk>(notify::TelegramAccess{.api = config.api, .token = config.token_file}, stopping_)) {
}

io::Task<void> Bot::run() {
  load_offset();
  for (;;) {
    if (!named_) co_await learn_own_name();
    if (named_ && co_await poll()) continue;
    const auto step = std::min<std::uint32_t>(failures_, 6);
    co_await pause(std::min(first_pause * (1U << step), longest_pause));
  }
}

io::Task<void> Bot::learn_own_name() {
  const auto answer = co_await worker_.call([](BotTalk& talk) { return talk.ask_own_name(); });
  if (!answer.ok) {
    const auto wait = complain(answer);
    if (wait > base::Milliseconds{0}) co_await pause(wait);
    co_return;
  }
  const auto* me = answer.result.if_object();
  const auto* username = me == nullptr ? nullptr : me->if_contains("username");
  if (username != nullptr && username->is_string()) mind_.set_own_name(std::string(username->get_string()));
  named_ = true;
  failures_ = 0;
}

io::Task<bool> Bot::poll() {
  const auto began = needs_.clock.now();
  const auto answer = co_await worker_.call([offset = offset_](BotTalk& talk) { return talk.poll(offset); });
  if (!answer.ok) {
    const auto wait = complain(answer);
    if (wait > base::Milliseconds{0}) co_await pause(wait);
    co_return false;
  }
  failures_ = 0;
  const auto updates = notify::parse_updates(answer.result);
  const auto took = needs_.clock.now() - began;
  if (updates.empty() && took < shortest_round) co_await pause(shortest_round);
  for (const auto& update : updates) {
    offset_ = std::max(offset_, update.id + 1);
    // Before it is answered: a command that would end this program must not come again and again.
    keep_offset();
    co_await react(mind_.judge(update));
  }
  co_return true;
}

io::Task<void> Bot::react(notify::BotMove move) {
  if (std::holds_alternative<notify::BotStranger>(move)) {
    ++strangers_;
  } else if (const auto* asked = std::get_if<notify::BotAsked>(&move)) {
    co_await react_to(*asked);
  } else if (const auto* taken = std::get_if<notify::BotAcknowledged>(&move)) {
    co_await react_to(*taken);
  } else if (const auto* puzzled = std::get_if<notify::BotPuzzled>(&move)) {
    co_await worker_.call([id = puzzled->press_id](BotTalk& talk) { talk.answer_press(id, {}); });
  }
}

io::Task<void> Bot::react_to(const notify::BotAsked& asked) {
  const auto now = needs_.clock.now();
  auto& cap = caps_.try_emplace(asked.chat, std::vector{answers_per_chat}).first->second;
  if (cap.free_at(now) > now) {
    ++unanswered_;
    co_return;
  }
  cap.use(now);
  auto text = answers_.to(asked, composer_, now);
  if (composer_.language() == notify::Language::fa) text = notify::right_to_left(text);
  const auto answer = co_await worker_.call([chat = asked.chat, message = asked.message_id, text](BotTalk& talk) {
    return talk.answer(chat, message, text);
  });
  if (!answer.ok) complain(answer);
}

io::Task<void> Bot::react_to(const notify::BotAcknowledged& taken) {
  const auto& bot = notify::catalogue(composer_.language()).bot;
  const auto by = base::printable(taken.press.from);
  co_await note_down(taken.incident_id, by);
  needs_.bus.publish(model::Command{0, needs_.clock.now() + acknowledge_within,
                                    model::Acknowledge{taken.incident_id, "Telegram: " + by}});
  const auto line = notify::fill(bot.acknowledged, composer_.language(),
                                 [&](auto) { return notify::safe_value(by, composer_.language()); });
  co_await worker_.call([press = taken.press, line, noted = std::string(bot.noted)](BotTalk& talk) {
    talk.answer_press(press.id, noted);
    talk.mark(press, line);
  });
}

io::Task<void> Bot::note_down(std::uint64_t incident_id, const std::string& by) {
  const model::AuditEntry line{needs_.clock.now(), "Telegram: " + by, "incident_acknowledged",
                               "incident " + std::to_string(incident_id), name_};
  try {
    co_await needs_.audit->call([line](contract::AccountStore& store) { store.append_audit(line); });
  } catch (const base::Failure& failure) {
    needs_.log.warning("the audit log lacks a line, " + line.account + " took " + line.subject + ": " +
                       failure.error().message);
  }
}

io::Task<void> Bot::pause(base::Milliseconds length) {
  asio::steady_timer timer(co_await asio::this_coro::executor, length);
  co_await timer.async_wait(asio::use_awaitable);
}

// How much longer than usual to wait before the next try.
base::Milliseconds Bot::complain(const TelegramAnswer& answer) {
  if (stopping_()) return base::Milliseconds{0};
  ++failures_;
  auto text = "the Telegram bot of channel " + name_ + ": ";
  if (answer.status != 0) text += "Telegram answered " + std::to_string(answer.status) + ": ";
  needs_.log.warning(text + answer.description);
  if (answer.retry_after) return *answer.retry_after;
  const bool is_hopeless = answer.status == 401 || answer.status == 404 || answer.status == 409;
  return is_hopeless ? hopeless_pause : base::Milliseconds{0};
}

void Bot::load_offset() {
  const auto text = io::read_kept_file(offset_file_, most_offset_bytes);
  if (!text || !*text) return;
  offset_ = base::parse_number<std::int64_t>(base::trim(**text)).value_or(0);
}

void Bot::keep_offset() {
  const auto kept = io::keep_file(offset_file_, std::to_string(offset_) + "\n");
  if (!kept) needs_.log.warning("the Telegram bot of channel " + name_ + ": " + kept.error().message);
}

}  // namespace davylamp::app
