// Messages as Telegram's HTML (https://core.telegram.org/bots/api#html-style).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "contract/notifier.hpp"

namespace davylamp::notify {

// sendMessage: "1-4096 characters after entities parsing"; counted as UTF-16 units, as entities are.
inline constexpr std::size_t longest_telegram_units = 4'096;

std::string escape_html(std::string_view text);

// At most `most_units` UTF-16 units, cut between characters; what was cut ends in "…".
std::string shortened_to_units(std::string_view text, std::size_t most_units);

// A sign of how grave it is, the title in bold, the text.
std::string telegram_html(const contract::Message& message);

// sendMessage's parameters, with a button to acknowledge where the message has words for it.
std::string telegram_body(const contract::Message& message, std::string_view chat);

// What the button says to the bot: "ack:ID" (at most 64 bytes).
inline constexpr std::string_view acknowledge_prefix = "ack:";

}  // namespace davylamp::notify
