#include "app/bot/answers.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/codec.hpp"
#include "notify/words/catalogue.hpp"
#include "notify/words/phrase.hpp"

namespace davylamp::app {
namespace {

using notify::BotQuestion;
using notify::Composer;
using Values = std::map<std::string, std::string, std::less<>>;

std::string filled(std::string_view phrase, const Composer& composer, const Values& values) {
  return notify::fill(phrase, composer.language(), [&](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  });
}

std::string lines_of(const std::vector<std::string>& lines, std::size_t left_out, const Composer& composer) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  if (left_out == 0) return text;
  const auto& bot = notify::catalogue(composer.language()).bot;
  return text + "\n" + filled(bot.more, composer, {{"count", std::to_string(left_out)}});
}

void put_country(Values& values, const std::optional<model::Place>& place, const Composer& composer) {
  if (!place) return;
  const auto& country = place->country ? place->country : place->country_code;
  if (country) values["country"] = notify::safe_value(*country, composer.language());
}

base::Seconds since(base::Time at, base::Time now) {
  return std::chrono::floor<base::Seconds>(std::max(now - at, base::Milliseconds{0}));
}

std::string user_line(const model::Session& session, const Composer& composer, base::Time now) {
  const auto language = composer.language();
  Values values{{"name", notify::safe_value(session.user, language)},
                {"server", notify::safe_value(session.server, language)},
                {"since", composer.duration(since(session.opened_at, now))},
                {"down", notify::volume_text(session.tx_bytes)},
                {"up", notify::volume_text(session.rx_bytes)}};
  put_country(values, session.place, composer);
  return filled(notify::catalogue(language).bot.user_line, composer, values);
}

std::vector<model::Session> open_sessions(const core::Pipeline& pipeline) {
  std::vector<model::Session> sessions;
  pipeline.sessions().each_open([&](const model::StoredSession& row) { sessions.push_back(row.session); });
  return sessions;
}

std::string agent_line(const model::Agent& agent, const Composer& composer, base::Time now) {
  const auto language = composer.language();
  Values values{{"name", notify::safe_value(agent.settings.name, language)},
                {"state", std::string(base::json::enum_name(agent.verdict))}};
  const auto& exit = agent.exit_v4 && agent.exit_v4->address ? agent.exit_v4 : agent.exit_v6;
  if (exit && exit->address) values["exit"] = notify::safe_value(exit->address->to_string(), language);
  if (exit) put_country(values, exit->place, composer);
  if (agent.last_heard_at) values["ago"] = composer.duration(since(*agent.last_heard_at, now));
  return filled(notify::catalogue(language).bot.agent_line, composer, values);
}

}  // namespace

std::string Answers::to(const notify::BotAsked& asked, const Composer& composer, base::Time now) const {
  const auto& bot = notify::catalogue(composer.language()).bot;
  switch (asked.question) {
    case BotQuestion::ping:
      return filled(bot.ping, composer, {{"time", composer.local_time(now)}});
    case BotQuestion::status:
      return status(composer, now);
    case BotQuestion::who:
      return who(composer, now);
    case BotQuestion::top:
      return top(composer, now);
    case BotQuestion::quota:
      return quota(asked.argument, composer);
    case BotQuestion::help:
      break;
  }
  return std::string(bot.help);
}

std::string Answers::status(const Composer& composer, base::Time now) const {
  const auto& bot = notify::catalogue(composer.language()).bot;
  std::vector<std::string> lines;
  std::size_t left_out = 0;
  const auto add = [&](std::string line) {
    if (lines.size() < most_lines) {
      lines.push_back(std::move(line));
    } else {
      ++left_out;
    }
  };
  for (const auto& name : pipeline_.servers().names()) {
    const auto* server = pipeline_.servers().find(name);
    if (server == nullptr) continue;
    add(filled(bot.server_line, composer,
               {{"name", notify::safe_value(name, composer.language())},
                {"state", std::string(base::json::enum_name(server->state))},
                {"count", std::to_string(pipeline_.sessions().open_count(name))}}));
  }
  for (const auto& name : pipeline_.agents().names()) {
    if (const auto* agent = pipeline_.agents().find(name)) add(agent_line(*agent, composer, now));
  }
  return lines.empty() ? std::string(bot.nothing_watched) : lines_of(lines, left_out, composer);
}

std::string Answers::who(const Composer& composer, base::Time now) const {
  const auto& bot = notify::catalogue(composer.language()).bot;
  auto sessions = open_sessions(pipeline_);
  if (sessions.empty()) return std::string(bot.nobody_inside);
  std::ranges::sort(sessions, std::greater{}, &model::Session::opened_at);
  std::vector<std::string> lines = {filled(bot.users_inside, composer, {{"count", std::to_string(sessions.size())}})};
  const auto shown = std::min(sessions.size(), most_lines);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(user_line(sessions[i], composer, now));
  return lines_of(lines, sessions.size() - shown, composer);
}

std::string Answers::top(const Composer& composer, base::Time now) const {
  constexpr std::size_t most_shown = 10;
  const auto& bot = notify::catalogue(composer.language()).bot;
  auto sessions = open_sessions(pipeline_);
  if (sessions.empty()) return std::string(bot.nobody_inside);
  const auto volume = [](const model::Session& session) { return session.rx_bytes + session.tx_bytes; };
  std::ranges::sort(sessions, std::greater{}, volume);
  std::vector<std::string> lines = {std::string(bot.top_heading)};
  const auto shown = std::min(sessions.size(), most_shown);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(user_line(sessions[i], composer, now));
  return lines_of(lines, 0, composer);
}

std::string Answers::quota(const std::string& user, const Composer& composer) const {
  const auto& bot = notify::catalogue(composer.language()).bot;
  if (user.empty()) return std::string(bot.which_user);
  std::vector<std::string> lines;
  for (const auto& quota : pipeline_.quotas().quotas()) {
    if (quota.user != user || lines.size() >= most_lines) continue;
    const auto percent =
        quota.allowed_bytes == 0 ? 100 : quota.used_bytes / std::max<std::uint64_t>(1, quota.allowed_bytes / 100);
    Values values{{"used", notify::volume_text(quota.used_bytes)},
                  {"allowed", notify::volume_text(quota.allowed_bytes)},
                  {"percent", std::to_string(percent)}};
    if (quota.resets_at) values["time"] = composer.local_time(*quota.resets_at);
    auto line = filled(bot.quota_line, composer, values);
    if (quota.state == model::QuotaState::reached) line += " " + std::string(bot.quota_stopped);
    lines.push_back(std::move(line));
  }
  if (!lines.empty()) return lines_of(lines, 0, composer);
  return filled(bot.no_limit, composer, {{"name", notify::safe_value(user, composer.language())}});
}

}  // namespace davylamp::app
