// What is said, in every language. The values in the phrases of conditions are those of Incident::values. Times among
// them ("since", "time") are written as local times.
#pragma once

#include <span>
#include <string_view>

#include "model/incident.hpp"
#include "notify/words/language.hpp"

namespace davylamp::notify {

struct ConditionWords {
  model::ConditionKind condition = model::ConditionKind::agent_down;
  std::string_view title;
  std::string_view text;
  std::string_view over;  // the title when it has passed
};

// What stands around them.
struct FramePhrases {
  std::string_view again;        // {title}
  std::string_view began;        // {began}
  std::string_view lasted;       // {duration} {began} {ended}
  std::string_view so_far;       // {duration} {began}
  std::string_view others;       // {others|...}[ {names}]
  std::string_view acknowledge;  // on the button
  std::string_view test_title;
  std::string_view test_text;  // {channel}
  std::string_view seconds;    // {n|...}
  std::string_view minutes;
  std::string_view hours;
  std::string_view days;
};

struct BotPhrases {
  std::string_view ping;  // {time}
  std::string_view help;
  std::string_view nothing_watched;
  std::string_view server_line;   // {name} {state} {count|...}
  std::string_view agent_line;    // {name} {state} [{exit}] [{country}] [{ago}]
  std::string_view users_inside;  // {count|...}
  std::string_view nobody_inside;
  std::string_view user_line;  // {name} {server} [{country}] {since} {down} {up}
  std::string_view more;       // {count|...}
  std::string_view top_heading;
  std::string_view which_user;
  std::string_view no_limit;    // {name}
  std::string_view quota_line;  // {used} {allowed} {percent} [{time}]
  std::string_view quota_stopped;
  std::string_view acknowledged;  // {name}
  std::string_view noted;         // shown for a moment at the button
};

struct Catalogue {
  FramePhrases frame;
  BotPhrases bot;
  std::span<const ConditionWords> conditions;
};

const Catalogue& catalogue(Language language);
// Of any condition that the language has; of one it has not, those of `warning`.
const ConditionWords& words_for(Language language, model::ConditionKind condition);

// One file each.
extern const Catalogue english;
extern const Catalogue persian;
extern const Catalogue russian;

}  // namespace davylamp::notify
