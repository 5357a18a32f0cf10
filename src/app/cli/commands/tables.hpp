// The rows of the table of commands, by topic; commands() joins them.
#pragma once

#include <vector>

#include "app/cli/command.hpp"

namespace davylamp::app {

std::vector<Command> looking_commands();  // who is connected, and through what
std::vector<Command> account_commands();  // who may sign in
std::vector<Command> quota_commands();    // limits and groups
std::vector<Command> acting_commands();   // on users and sessions
std::vector<Command> alert_commands();    // agents inside tunnels, and who is told of what
std::vector<Command> house_commands();    // what the daemon keeps, and does beside its work
std::vector<Command> host_commands();     // the host and the configuration
std::vector<Command> fence_commands();    // who may reach a service
std::vector<Command> program_commands();  // the program itself

}  // namespace davylamp::app
