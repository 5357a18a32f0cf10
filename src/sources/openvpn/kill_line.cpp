#include "sources/openvpn/kill_line.hpp"

#include <string_view>

namespace davylamp::openvpn {
namespace {

constexpr std::size_t longest_message = 200;

std::string plain(std::string_view message) {
  std::string text;
  for (const char c : message.substr(0, longest_message)) {
    const bool safe = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '\'';
    text += safe ? c : '?';
  }
  return text;
}

}  // namespace

std::string kill_line(std::uint64_t client_id, const model::EndSession& order) {
  auto line = "client-kill " + std::to_string(client_id);
  switch (order.mode) {
    case model::EndMode::kick:
      break;
    case model::EndMode::halt:
      return line + " HALT";
    case model::EndMode::refuse:
      return line + " \"AUTH_FAILED," + plain(order.message) + "\"";
  }
  return line;
}

}  // namespace davylamp::openvpn
