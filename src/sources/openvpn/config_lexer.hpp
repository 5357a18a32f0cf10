// OpenVPN's configuration files, cut into directives as OpenVPN cuts them (options.c, parse_line): words between
// blanks, "..." and '...', a backslash outside of '...' keeps the next character, # and ; begin a comment where a word
// could begin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace davylamp::openvpn {

// One line: its name without leading dashes, then its parameters.
struct Directive {
  std::size_t line = 0;
  std::vector<std::string> words;
  std::string block;  // the lines of an inline block; its words are the tag and "[inline]"
  std::string_view name() const { return words.front(); }
  // Empty when there is no such parameter; the first is 1.
  std::string_view parameter(std::size_t i) const {
    return i < words.size() ? std::string_view(words[i]) : std::string_view();
  }
  bool is_inline() const { return parameter(1) == "[inline]"; }
};

// An inline block (<ca> ... </ca>) is one directive, {"ca", "[inline]"}; one that is not closed is left out with what
// follows it. Lines that OpenVPN would refuse are left out too: this reads a configuration, it does not judge one.
std::vector<Directive> lex_config(std::string_view text);

// The arguments of a process: `openvpn FILE` or `openvpn --name value ...`. Without the program's own name.
std::vector<Directive> lex_arguments(const std::vector<std::string>& arguments);

}  // namespace davylamp::openvpn
