// Characters in text that somebody else wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace davylamp::base {

struct Character {
  std::uint32_t point;
  std::size_t size;  // bytes; 0: the byte at the start is not valid UTF-8
};

// The one at the start of `bytes`, which must not be empty.
Character first_character(std::string_view bytes);

// Controls (C0, DEL, C1), bidi overrides and the like: what can make a reader see something else than what is there.
bool moves_the_reader(std::uint32_t point);

}  // namespace davylamp::base
