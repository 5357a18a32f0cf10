// Text as PostgreSQL can keep it. What peers name may hold a NUL and bytes that are not UTF-8, which a column of text
// refuses; other names must not become the same by that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace davylamp::postgres {

// Valid UTF-8 without NUL, different for different bytes: a byte that cannot stay is written as the private character
// U+10F700 + byte, and so are the bytes of these characters themselves. Text that needs nothing of it, which is nearly
// all, comes back as nullopt.
std::optional<std::string> stored_text(std::string_view bytes);
// The bytes that stored_text() was given; nullopt when the text is those already.
std::optional<std::string> original_text(std::string_view stored);

// As a BYTEA is written in text: "\x6162".
std::string to_bytea(std::string_view bytes);
std::string from_bytea(std::string_view text);

}  // namespace davylamp::postgres
