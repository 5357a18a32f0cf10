#pragma once

#include <string_view>

#include "app/decode/decode.hpp"

namespace davylamp::app {

// What strongSwan's charon or swanctl said, told apart by what it looks like: packets of a VICI socket (either
// direction, one behind the other), messages as `swanctl --raw` or `--pretty` prints them, the table of `swanctl
// --list-sas`, or patterns of strongSwan's own tests for these. Lines of kind message, ike, child and problem, then a
// summary with the sums.
DecodeOutcome decode_vici(std::string_view bytes, JsonLines& out);

}  // namespace davylamp::app
