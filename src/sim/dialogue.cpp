#include "sim/dialogue.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sim/command_line_words.hpp"

namespace davylamp::sim {
namespace {

constexpr std::size_t most_line_bytes = 1024;
constexpr unsigned most_refusals = 3;

int management_version(Version version) {
  if (version == Version::v2_4) return 1;
  return version == Version::v2_6 ? 5 : 6;
}

// As sscanf and atoi read: digits in front count, the rest is nobody's business.
std::uint64_t leading_number(std::string_view text) {
  const auto end = std::ranges::find_if(text, [](char symbol) { return symbol < '0' || symbol > '9'; });
  return base::parse_number<std::uint64_t>(std::string_view(text.begin(), end)).value_or(0);
}

std::int64_t signed_number(std::string_view text) {
  if (text.starts_with('-')) return -static_cast<std::int64_t>(leading_number(text.substr(1)) & 0x7fffffffU);
  return static_cast<std::int64_t>(leading_number(text) & 0x7fffffffU);
}

}  // namespace

void Dialogue::opened() {
  server_.attach();
  authorised_ = server_.settings().password.empty();
  if (authorised_) return greet();
  server_.say("ENTER PASSWORD:");
}

void Dialogue::closed() {
  server_.detach();
  partial_.clear();
  refusals_ = 0;
  wants_close_ = false;
  authorised_ = false;
}

void Dialogue::greet() {
  server_.say(">INFO:OpenVPN Management Interface Version " +
              std::to_string(management_version(server_.settings().version)) + " -- type 'help' for more info\r\n");
  if (server_.life() == Server::Life::held) server_.say(">HOLD:Waiting for hold release:0\r\n");
}

void Dialogue::receive(std::string_view bytes) {
  for (const char symbol : bytes) {
    if (symbol == '\n') {
      line(std::exchange(partial_, {}));
      if (wants_close_) return;
    } else if (static_cast<unsigned char>(symbol) >= ' ') {
      partial_ += symbol;
      if (partial_.size() >= most_line_bytes) partial_.clear();
    }
  }
}

void Dialogue::line(std::string_view text) {
  if (!authorised_) return password(text);
  const auto words = command_words(text);
  if (!words) return error(words.error().message);
  if (!words->empty()) carry_out(*words);
}

void Dialogue::password(std::string_view text) {
  authorised_ = text == server_.settings().password;
  if (authorised_) {
    success("password is correct");
    return greet();
  }
  wants_close_ = ++refusals_ == most_refusals;
  if (!wants_close_) server_.say("ENTER PASSWORD:");
}

void Dialogue::success(std::string_view text) {
  server_.say("SUCCESS: " + std::string(text) + "\r\n");
}

void Dialogue::error(std::string_view text) {
  server_.say("ERROR: " + std::string(text) + "\r\n");
}

void Dialogue::carry_out(const Words& words) {
  if (carry_out_reading(words) || carry_out_setting(words) || carry_out_ending(words)) return;
  error("unknown command, enter 'help' for more options");
}

bool Dialogue::carry_out_reading(const Words& words) {
  const auto& command = words[0];
  if (command == "status") {
    status(words);
  } else if (command == "state") {
    state(words);
  } else if (command == "version") {
    version(words);
  } else if (command == "pid") {
    success("pid=" + std::to_string(server_.process_id()));
  } else if (command == "load-stats") {
    success("nclients=" + std::to_string(server_.established_count()) +
            ",bytesin=" + std::to_string(server_.rx_bytes()) + ",bytesout=" + std::to_string(server_.tx_bytes()));
  } else if (command == "nclients") {
    success("nclients=" + std::to_string(server_.established_count()));
  } else if (command == "help") {
    server_.say("Management Interface for " + server_.title() + "\r\nEND\r\n");
  } else {
    return false;
  }
  return true;
}

bool Dialogue::carry_out_setting(const Words& words) {
  const auto& command = words[0];
  if (command == "bytecount") {
    bytecount(words);
  } else if (command == "env-filter") {
    const auto level = words.size() > 1 ? signed_number(words[1]) : 0;
    server_.monitor().environment_filter = level;
    success("env_filter_level=" + std::to_string(level));
  } else if (command == "hold") {
    hold(words);
  } else if (command == "log" || command == "echo") {
    const bool list = words.size() < 2 || (words[1] != "on" && words[1] != "off");
    if (!list) success("real-time " + command + " notification set to " + (words[1] == "on" ? "ON" : "OFF"));
    if (list || (words.size() > 2 && words[2] == "all")) server_.say("END\r\n");
  } else if (command == "verb" || command == "mute" || command == "auth-retry") {
    success(words.size() < 2 ? command + "=3" : command + " level changed");
  } else {
    return false;
  }
  return true;
}

bool Dialogue::carry_out_ending(const Words& words) {
  const auto& command = words[0];
  if (command == "client-kill") {
    client_kill(words);
  } else if (command == "kill") {
    kill(words);
  } else if (command == "signal") {
    if (words.size() < 2) {
      error("the 'signal' command requires 1 parameter");
    } else if (server_.signal(words[1])) {
      success("signal " + words[1] + " thrown");
    } else {
      error("signal '" + words[1] + "' is not a known signal type");
    }
  } else if (command == "client-deny" || command == "client-auth-nt") {
    success(command + " command succeeded");
  } else if (command == "quit" || command == "exit") {
    wants_close_ = true;
  } else {
    return false;
  }
  return true;
}

bool Dialogue::supported(std::string_view command) {
  if (server_.life() != Server::Life::held) return true;
  error("The '" + std::string(command) + "' command is not supported by the current daemon mode");
  return false;
}

void Dialogue::status(const Words& words) {
  if (!supported("status")) return;
  const auto format = words.size() < 2 ? 1 : words[1] == "0x3" ? 3 : static_cast<int>(signed_number(words[1]));
  if (format < 1 || format > 3) return error("bad status format version number");
  server_.append_status(server_.output(), format, true);
}

void Dialogue::state(const Words& words) {
  const auto& rows = server_.state_rows();
  auto wanted = words.size() < 2 ? std::string_view{"1"} : std::string_view(words[1]);
  if (wanted == "on" || wanted == "off") {
    server_.monitor().state_on = wanted == "on";
    success("real-time state notification set to " + std::string(wanted == "on" ? "ON" : "OFF"));
    if (words.size() < 3) return;
    wanted = words[2];
  }
  const auto most = wanted == "all" ? rows.size() : static_cast<std::size_t>(leading_number(wanted));
  if (most == 0) return error("state parameter must be 'on' or 'off' or some number n or 'all'");
  for (auto index = rows.size() - std::min(most, rows.size()); index < rows.size(); ++index)
    server_.say(rows[index] + "\r\n");
  server_.say("END\r\n");
}

void Dialogue::version(const Words& words) {
  if (words.size() > 1) {
    const auto wanted = leading_number(words[1]);
    // Up to 2.6, and in 2.7 for small numbers, there is no answer at all.
    if (server_.settings().version == Version::v2_7 && wanted >= 4) {
      success("Management client version set to " + std::to_string(wanted));
    }
    return;
  }
  server_.say("OpenVPN Version: " + server_.title() + "\r\nManagement Version: " +
              std::to_string(management_version(server_.settings().version)) + "\r\nEND\r\n");
}

void Dialogue::bytecount(const Words& words) {
  if (words.size() < 2) return error("the 'bytecount' command requires 1 parameter");
  server_.set_bytecount(signed_number(words[1]));
  success("bytecount interval changed");
}

void Dialogue::hold(const Words& words) {
  if (words.size() < 2) return success(server_.settings().hold ? "hold=1" : "hold=0");
  if (words[1] != "release") return success("hold flag set to " + std::string(words[1] == "on" ? "ON" : "OFF"));
  success("hold release succeeded");
  server_.release_hold();
}

void Dialogue::client_kill(const Words& words) {
  if (!supported("client-kill")) return;
  if (words.size() < 2) return error("the 'client-kill' command requires 1 or 2 parameters");
  if (words[1][0] < '0' || words[1][0] > '9') return error("cannot parse CID");
  const auto message = words.size() > 2 ? std::string_view(words[2]) : std::string_view{"RESTART"};
  if (server_.client_kill(leading_number(words[1]), message)) return success("client-kill command succeeded");
  error("client-kill command failed");
}

void Dialogue::kill(const Words& words) {
  if (!supported("kill")) return;
  if (words.size() < 2) return error("the 'kill' command requires 1 parameter");
  const auto killed = server_.kill_name(words[1]);
  if (killed == 0) return error("common name '" + words[1] + "' not found");
  success("common name '" + words[1] + "' found, " + std::to_string(killed) + " client(s) killed");
}

}  // namespace davylamp::sim
