#include "app/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/config/document.hpp"
#include "app/config/overrides.hpp"
#include "app/config/rules.hpp"
#include "app/config/schema.hpp"
#include "app/config/seed_variables.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"

extern char** environ;

namespace davylamp::app {
namespace {

// A configuration is a page or two; more is the wrong file.
constexpr std::size_t largest_file_bytes = 1'000'000;

// The name of the server that `path` is about: easier to find in a long file than its number.
std::string server_named_in(const Document& document, std::string_view path) {
  constexpr std::string_view list = "source.openvpn[";
  if (!path.starts_with(list)) return {};
  const auto number = base::parse_number<std::size_t>(path.substr(list.size(), path.find(']') - list.size()));
  boost::system::error_code absent;
  const boost::json::value root(document.root);
  const auto* servers = root.find_pointer("/source/openvpn", absent);
  if (!number || servers == nullptr || !servers->is_array() || *number >= servers->get_array().size()) return {};
  const auto& server = servers->get_array()[*number];
  const auto* name = server.is_object() ? server.get_object().if_contains("name") : nullptr;
  if (name == nullptr || !name->is_string()) return {};
  return " (server \"" + base::printable(std::string_view(name->get_string())) + "\")";
}

// "path: what" with its place in front and advice behind.
std::string told(const Document& document, const std::vector<Key>& keys, const std::string& problem) {
  const auto path = problem.substr(0, problem.find(": "));
  auto text = base::printable(problem);
  if (problem.ends_with(": unknown key")) text += base::printable(suggestion_for(path, keys));
  if (problem.ends_with("must be a list, not a table")) text += "; write [[" + path + "]] with two brackets";
  text += server_named_in(document, path);
  const auto place = document.place_of(path);
  return place.empty() ? text : place + ": " + text;
}

std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0 || buffer[0] == '\0') return "localhost";
  return buffer.data();
}

}  // namespace

ConfigReading read_config(std::string_view text, std::string_view file_name, const Environment& environment) {
  const auto keys = config_keys();
  auto document = parse_toml(text, file_name);
  apply_overrides(environment, keys, document);
  ConfigReading reading;
  reading.notes = apply_seed_variables(environment, document);
  reading.problems = std::move(document.problems);
  base::json::Reader reader;
  reader.read(boost::json::value(document.root), reading.config);
  for (const auto& problem : reader.problems()) reading.problems.push_back(told(document, keys, problem));
  for (auto& item : reading.config.source.wireguard) {
    if (item.name.empty()) item.name = item.interface;
  }
  for (const auto& problem : broken_rules(reading.config)) {
    // A key of the wrong type keeps its default; a rule about that default would only confuse.
    const auto path = problem.substr(0, problem.find(": ")) + ":";
    const auto is_same_key = [&](const std::string& earlier) { return earlier.starts_with(path); };
    if (std::ranges::none_of(reader.problems(), is_same_key)) reading.problems.push_back(told(document, keys, problem));
  }
  return reading;
}

ConfigReading load_config(const std::string& path, const Environment& environment) {
  ConfigReading reading;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(largest_file_bytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file && !file.eof()) {
    const int error = errno;
    std::string what = path + ": cannot be read: " + std::strerror(error);
    if (error == ENOENT) what += "; davylamp discover --toml writes one for the OpenVPN servers of this host";
    if (error == EACCES) what += "; run this as root or let this user read it";
    reading.problems.push_back(std::move(what));
  } else if (text.size() > largest_file_bytes) {
    reading.problems.push_back(path + ": is larger than 1 MB; this is not a configuration");
  } else {
    reading = read_config(text, path, environment);
  }
  if (reading.config.node.name.empty()) reading.config.node.name = host_name();
  return reading;
}

Environment config_environment() {
  Environment found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    if (text.starts_with("DAVYLAMP__") || is_seed_variable(text.substr(0, equals))) {
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return found;
}

std::string control_socket_path(const Config& config) {
  return config.serve.control_socket.value_or(config.node.state_directory + "/control.sock");
}

std::string agent_socket_path(const Config& config) {
  return config.node.agent_socket.value_or(config.node.state_directory + "/agent.sock");
}

contract::Retention to_retention(const RetentionConfig& config) {
  const auto days = [](std::uint32_t count) { return base::Seconds{std::int64_t{count} * 86'400}; };
  return {days(config.minutes_days),  days(config.hours_days),  days(config.days_days),
          days(config.sessions_days), days(config.events_days), days(config.audit_days)};
}

}  // namespace davylamp::app
