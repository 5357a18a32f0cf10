#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/codec.hpp"
#include "base/text.hpp"
#include "notify/words/catalogue.hpp"
#include "notify/words/composer.hpp"
#include "notify/words/phrase.hpp"

namespace davylamp::notify {
namespace {

using model::ConditionKind;
using model::NoticeKind;
using testing::HasSubstr;
using testing::Not;

constexpr Language languages[] = {Language::en, Language::fa, Language::ru};
// Those of model::Incident::values.
const std::set<std::string> known_values = {
    "subject",  "site",   "parent", "exit",    "country", "city",  "network", "resolver", "resolver_country",
    "expected", "before", "since",  "seconds", "percent", "limit", "count",   "time",     "version",
    "detail"};

std::vector<ConditionKind> all_conditions() {
  std::vector<ConditionKind> all;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<ConditionKind>>(
      [&](auto d) { all.push_back(d.value); });
  return all;
}

model::Delivery delivery(ConditionKind condition, NoticeKind notice) {
  model::Delivery delivery;
  delivery.id = 9;
  delivery.incident_id = 4;
  delivery.notice = notice;
  delivery.channel = "ops";
  delivery.made_at = base::from_unix_seconds(1'795'000'200);
  auto& incident = delivery.incident;
  incident.id = 4;
  incident.condition = condition;
  incident.subject = "office";
  incident.since_at = base::from_unix_seconds(1'795'000'000);
  if (notice == NoticeKind::resolved) incident.resolved_at = base::from_unix_seconds(1'795'007'500);
  return delivery;
}

contract::Message say(const model::Delivery& what, Language language) {
  return Composer(language, "UTC", base::utc_zones).compose(what, what.made_at);
}

TEST(Catalogues, EveryConditionHasItsOwnWordsInEveryLanguage) {
  for (const auto language : languages) {
    EXPECT_EQ(catalogue(language).conditions.size(), all_conditions().size());
    for (const auto condition : all_conditions()) {
      const auto& words = words_for(language, condition);
      EXPECT_EQ(words.condition, condition) << base::json::enum_name(language) << base::json::enum_name(condition);
      for (const auto phrase : {words.title, words.text, words.over}) {
        const auto names = names_in(phrase);
        ASSERT_TRUE(names) << phrase;
        EXPECT_FALSE(phrase.empty());
        for (const auto& name : *names) EXPECT_TRUE(known_values.contains(name)) << name << " in " << phrase;
      }
    }
  }
}

TEST(Catalogues, TranslationsAreTranslations) {
  for (const auto condition : all_conditions()) {
    EXPECT_NE(words_for(Language::en, condition).text, words_for(Language::ru, condition).text);
    EXPECT_NE(words_for(Language::en, condition).text, words_for(Language::fa, condition).text);
  }
}

TEST(Catalogues, EveryNoticeIsSaidWithNothingButASubject) {
  for (const auto language : languages) {
    for (const auto condition : all_conditions()) {
      std::set<std::string> texts;
      for (const auto notice : {NoticeKind::fired, NoticeKind::again, NoticeKind::resolved}) {
        const auto message = say(delivery(condition, notice), language);
        EXPECT_FALSE(message.title.empty());
        EXPECT_THAT(message.title, Not(HasSubstr("{")));
        EXPECT_THAT(message.text, Not(HasSubstr("{")));
        EXPECT_THAT(message.text, Not(HasSubstr("[")));
        texts.insert(message.title + message.text);
      }
      EXPECT_EQ(texts.size(), 3U) << base::json::enum_name(condition);
    }
  }
}

TEST(Catalogues, EveryPhraseOfTheBotCanBeFilled) {
  for (const auto language : languages) {
    const auto& bot = catalogue(language).bot;
    for (const auto phrase :
         {bot.ping, bot.help, bot.nothing_watched, bot.server_line, bot.agent_line, bot.users_inside, bot.nobody_inside,
          bot.user_line, bot.more, bot.top_heading, bot.which_user, bot.no_limit, bot.quota_line, bot.quota_stopped,
          bot.acknowledged, bot.noted}) {
      EXPECT_FALSE(phrase.empty());
      EXPECT_TRUE(names_in(phrase)) << phrase;
    }
  }
}

TEST(Phrase, LeavesOutWhatHasNoValue) {
  const auto find = [](std::string_view name) -> std::optional<std::string> {
    if (name == "subject") return "office";
    return std::nullopt;
  };
  EXPECT_EQ(fill("{subject} is down.[ Exit {exit}.][ So is {subject}.]", Language::en, find),
            "office is down. So is office.");
  EXPECT_EQ(fill("{exit} is down", Language::en, find), "? is down");
}

TEST(Phrase, RussianCountsInThreeForms) {
  const auto say = [](int count) {
    return fill("{n|минута|минуты|минут}", Language::ru, [count](auto) { return std::to_string(count); });
  };
  EXPECT_EQ(say(1), "1 минута");
  EXPECT_EQ(say(3), "3 минуты");
  EXPECT_EQ(say(5), "5 минут");
  EXPECT_EQ(say(11), "11 минут");
  EXPECT_EQ(say(13), "13 минут");
  EXPECT_EQ(say(21), "21 минута");
  EXPECT_EQ(say(112), "112 минут");
}

TEST(Phrase, BadTemplatesAreNoticed) {
  for (const auto* phrase : {"{open", "open}", "[open", "open]", "[a [b] c]"}) EXPECT_FALSE(names_in(phrase)) << phrase;
}

TEST(Composer, SaysHowLongItLastedInWords) {
  EXPECT_THAT(say(delivery(ConditionKind::agent_down, NoticeKind::resolved), Language::en).text,
              HasSubstr("It lasted 2 hours 5 minutes: from 2026-11-18 11:06 (UTC)"));
  EXPECT_THAT(say(delivery(ConditionKind::agent_down, NoticeKind::resolved), Language::ru).text,
              HasSubstr("2 часа 5 минут"));
  EXPECT_THAT(say(delivery(ConditionKind::agent_down, NoticeKind::resolved), Language::fa).text,
              HasSubstr("۲ ساعت ۵ دقیقه"));
}

TEST(Composer, WritesTimesInTheReceiversZone) {
  class Berlin : public base::Zones {
   public:
    base::Result<base::ZoneSpan> span(std::string_view, base::Time) const override {
      return base::ZoneSpan{base::Time::min(), base::Time::max(), base::Seconds{3600}};
    }
  };
  const Berlin zones;
  const Composer composer(Language::en, "Europe/Berlin", zones);
  EXPECT_EQ(composer.local_time(base::from_unix_seconds(1'795'000'000)), "2026-11-18 12:06 (Europe/Berlin)");
  auto silent = delivery(ConditionKind::agent_down, NoticeKind::fired);
  silent.incident.values["since"] = "1795000000";
  EXPECT_THAT(composer.compose(silent, silent.made_at).text, HasSubstr("The last one was at 2026-11-18 12:06"));
}

TEST(Composer, HostileValuesCannotTurnOrBreakLines) {
  auto hostile = delivery(ConditionKind::user_connected, NoticeKind::fired);
  hostile.incident.values["subject"] = "eve\n\u202eevil\u2067\x1b[31m\x01 {exit} [x]";
  for (const auto language : languages) {
    const auto message = say(hostile, language);
    EXPECT_THAT(message.title, Not(HasSubstr("\n")));
    EXPECT_THAT(message.title, Not(HasSubstr("\u202e")));
    EXPECT_THAT(message.title, Not(HasSubstr("\u2067")));
    EXPECT_THAT(message.title, Not(HasSubstr("\x1b")));
    EXPECT_THAT(message.title, HasSubstr("{exit} [x]")) << "values are not phrases";
  }
}

TEST(Composer, PersianIsolatesValuesAndEveryLineIsRightToLeft) {
  auto down = delivery(ConditionKind::agent_bypass, NoticeKind::fired);
  down.incident.values["exit"] = "203.0.113.53";
  const auto message = say(down, Language::fa);
  EXPECT_TRUE(message.right_to_left);
  EXPECT_THAT(message.text, HasSubstr("\u2068203.0.113.53\u2069"));
  for (const auto line : base::split(message.text, '\n')) EXPECT_TRUE(line.starts_with("\u200f")) << line;
}

TEST(Composer, WhatIsOverOrTakenHasNoButton) {
  EXPECT_TRUE(say(delivery(ConditionKind::server_down, NoticeKind::fired), Language::en).acknowledge_label);
  EXPECT_FALSE(say(delivery(ConditionKind::server_down, NoticeKind::resolved), Language::en).acknowledge_label);
  auto taken = delivery(ConditionKind::server_down, NoticeKind::again);
  taken.incident.acknowledged_at = taken.made_at;
  EXPECT_FALSE(say(taken, Language::en).acknowledge_label);
}

TEST(Composer, TellsOfEvidenceAndOfOthers) {
  auto leak = delivery(ConditionKind::agent_dns_leak, NoticeKind::fired);
  leak.others = 3;
  leak.incident.evidence = {{"exit v4", "203.0.113.53", {}, true, ""}, {"resolver", "198.51.100.9", {}, false, ""}};
  const auto text = say(leak, Language::en).text;
  EXPECT_THAT(text, HasSubstr("• resolver: 198.51.100.9"));
  EXPECT_THAT(text, Not(HasSubstr("203.0.113.53")));
  EXPECT_THAT(text, HasSubstr("And 3 more incidents."));
  leak.incident.values["others"] = "phone, tv\n\u202e";
  EXPECT_THAT(say(leak, Language::en).text, HasSubstr("And 3 more incidents: phone, tv"));
  EXPECT_THAT(say(leak, Language::en).text, Not(HasSubstr("\u202e")));
  EXPECT_THAT(say(leak, Language::ru).text, HasSubstr("инцидента: phone, tv"));
  EXPECT_THAT(say(leak, Language::fa).text, HasSubstr("\u2068phone, tv"));
}

TEST(VolumeText, IsSi) {
  EXPECT_EQ(volume_text(0), "0 B");
  EXPECT_EQ(volume_text(999), "999 B");
  EXPECT_EQ(volume_text(1'500'000'000), "1.5 GB");
  EXPECT_EQ(volume_text(250'000'000'000), "250 GB");
}

}  // namespace
}  // namespace davylamp::notify
