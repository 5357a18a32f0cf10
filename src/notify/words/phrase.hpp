// Templates of sentences.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notify/words/language.hpp"

namespace davylamp::notify {

// "Tunnel {subject} is down.[ It is at {site}.][ {count|user|users} left.]": {name} is a value; what stands in brackets
// is left out when one of its values is missing; {name|form|form} is the number and the form that it takes: one and
// other in English, one, few and many in Russian, one form in Persian.
// `find` gives the values; one outside of brackets that is missing is "?".
using FindValue = std::function<std::optional<std::string>(std::string_view name)>;
std::string fill(std::string_view phrase, Language language, const FindValue& find);

// The names of all values in a phrase; nothing when its braces and brackets are not as they should be.
std::optional<std::vector<std::string>> names_in(std::string_view phrase);

// Which form of a noun `count` takes (Unicode CLDR's cardinal rules for whole numbers): 0 is "one", 1 "few" or "other",
// 2 "many".
std::size_t plural_form(Language language, std::uint64_t count);

// A value that a stranger may have named: without control and bidirectional characters, on one line, at most 200 bytes;
// in Persian between isolates (U+2068, U+2069), so that it does not turn the words around it.
std::string safe_value(std::string_view value, Language language);

// Digits as the language writes them.
std::string digits(std::string_view text, Language language);

}  // namespace davylamp::notify
