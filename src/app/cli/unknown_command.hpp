// What is said of words that name no command.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace davylamp::app {

// A sentence with what there is instead: "user: there is no user frob; there are add, ...; see davylamp help user".
// `words` is not empty.
std::string unknown_command(std::span<const std::string_view> words);

}  // namespace davylamp::app
