#include "app/decode/transcript.hpp"

namespace davylamp::app {
namespace {

std::string_view take_line(std::string_view& bytes) {
  const std::size_t line_end = bytes.find('\n');
  const std::string_view line = bytes.substr(0, line_end);
  bytes.remove_prefix(line_end == std::string_view::npos ? bytes.size() : line_end + 1);
  return line;
}

}  // namespace

std::optional<std::string> server_side_of_transcript(std::string_view bytes) {
  constexpr std::string_view from_server = "S: ";
  constexpr std::string_view from_client = "C: ";
  constexpr std::string_view spelt_return = "\\r";
  constexpr std::string_view prompt = "ENTER PASSWORD:";
  std::string_view start = bytes;
  while (start.starts_with('#')) take_line(start);
  if (!start.starts_with(from_server) && !start.starts_with(from_client)) return std::nullopt;
  std::string server;
  server.reserve(bytes.size());
  while (!bytes.empty()) {
    std::string_view line = take_line(bytes);
    if (!line.starts_with(from_server)) continue;
    line.remove_prefix(from_server.size());
    if (line.ends_with(spelt_return)) line.remove_suffix(spelt_return.size());
    server += line;
    if (line != prompt) server += '\n';
  }
  return server;
}

}  // namespace davylamp::app
