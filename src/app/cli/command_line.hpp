// `davylamp`: from arguments to an exit code.
#pragma once

#include <span>
#include <string_view>

#include "app/cli/command.hpp"

namespace davylamp::app {

// 0 done, 1 not found or failed, 2 wrong arguments or configuration; discover has 3 for "nothing usable", decode its
// own. An error is one line on `world.err`, or one per problem of a configuration.
int run_command_line(std::span<const std::string_view> words, CliWorld& world);

// As run_command_line, in the real world: the process's streams, environment, terminal and store.
int run_command_line(int argc, char** argv, std::string_view version);

}  // namespace davylamp::app
