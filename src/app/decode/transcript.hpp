#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace davylamp::app {

// The server's bytes of an annotated transcript: `S: ` in front of what the server sent (with `\r` spelt out), `C: ` in
// front of what the client sent, `#` in front of remarks. Empty when the bytes are no such transcript.
std::optional<std::string> server_side_of_transcript(std::string_view bytes);

}  // namespace davylamp::app
