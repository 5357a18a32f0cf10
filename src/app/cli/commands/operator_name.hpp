// Who is at the keyboard, for the audit log, and the names that they give to what they make.
#pragma once

#include <string>
#include <string_view>

#include "api/body.hpp"
#include "app/cli/command.hpp"
#include "base/result.hpp"

namespace davylamp::app {

// "local:root", as the daemon calls whoever asks over its control socket.
std::string operator_name();

// Error "usage" of a command that was given a name which the API would refuse: the command, the name, why.
std::unexpected<base::Error> refuse_name(std::string_view command, std::string_view name, const api::Complaints& wrong);

}  // namespace davylamp::app
