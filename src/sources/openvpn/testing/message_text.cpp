#include "sources/openvpn/testing/message_text.hpp"

#include <span>

namespace davylamp::openvpn::testing {
namespace {

std::string quoted(std::string_view text) {
  return " '" + std::string(text) + "'";
}

std::string entries(std::span<const EnvironmentEntry> environment) {
  std::string text;
  for (const EnvironmentEntry& entry : environment) text.append(" ").append(entry.name).append("=").append(entry.value);
  return text;
}

struct Writer {
  std::string operator()(const ClientBytes& m) const {
    return "client_bytes " + std::to_string(m.client_id) + " " + std::to_string(m.rx_bytes) + " " +
           std::to_string(m.tx_bytes);
  }
  std::string operator()(const OwnBytes& m) const {
    return "own_bytes " + std::to_string(m.rx_bytes) + " " + std::to_string(m.tx_bytes);
  }
  std::string operator()(const ClientEvent& m) const {
    return "client " + std::to_string(static_cast<int>(m.kind)) + " " + std::to_string(m.client_id) + " key " +
           (m.key_id ? std::to_string(*m.key_id) : "none") + " secrets " + std::to_string(m.secrets_dropped) +
           " dropped " + std::to_string(m.entries_dropped) + entries(m.environment);
  }
  std::string operator()(const ClientAddress& m) const {
    return "address " + std::to_string(m.client_id) + quoted(m.address) + (m.primary ? " primary" : "");
  }
  std::string operator()(const StateChange& m) const {
    return "state " + std::to_string(m.at) + quoted(m.state) + quoted(m.detail) + quoted(m.tunnel_address) +
           quoted(m.remote_address) + quoted(m.remote_port) + quoted(m.local_address) + quoted(m.local_port) +
           quoted(m.tunnel_address6);
  }
  std::string operator()(const LogLine& m) const {
    return "log " + std::to_string(m.at) + quoted(m.flags) + quoted(m.text);
  }
  std::string operator()(const Greeting& m) const { return "greeting" + quoted(m.text); }
  std::string operator()(const Hold& m) const { return "hold" + quoted(m.text); }
  std::string operator()(const Fatal& m) const { return "fatal" + quoted(m.text); }
  std::string operator()(const PasswordRequest& m) const { return "password_request" + quoted(m.text); }
  std::string operator()(const UpDown& m) const { return (m.up ? "up" : "down") + entries(m.environment); }
  std::string operator()(const Notice& m) const { return "notice" + quoted(m.tag) + quoted(m.text); }
  std::string operator()(const UnknownNotice& m) const { return "unknown" + quoted(m.tag); }
  std::string operator()(const PasswordPrompt&) const { return "prompt"; }
  std::string operator()(const Success& m) const { return "success" + quoted(m.text); }
  std::string operator()(const CommandError& m) const { return "error" + quoted(m.text); }
  std::string operator()(const ReplyLine& m) const { return "row" + quoted(m.text); }
  std::string operator()(const ReplyEnd&) const { return "end"; }
  std::string operator()(const DecodeProblem& m) const { return "problem " + std::to_string(m.line) + quoted(m.what); }
};

}  // namespace

std::string message_text(const ManagementMessage& message) {
  return std::visit(Writer{}, message);
}

}  // namespace davylamp::openvpn::testing
