#include "app/geofence/operator_address.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr unsigned most_ancestors = 64;
constexpr std::size_t longest_file = 1'000'000;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  for (std::istreambuf_iterator<char> next(file), end; next != end && text.size() < longest_file; ++next) text += *next;
  return text;
}

// "client port server port", or "client port port" of SSH_CLIENT.
std::optional<OperatorConnection> parse_connection(std::string_view text) {
  const auto words = base::split(text, ' ');
  if (words.size() < 3) return std::nullopt;
  const auto address = model::Address::parse(words.front().substr(0, words.front().find('%')));
  const auto port = base::parse_number<std::uint16_t>(words.back());
  if (!address || !port) return std::nullopt;
  return OperatorConnection{*address, *port};
}

std::optional<OperatorConnection> connection_in(const std::string& environment) {
  std::optional<OperatorConnection> client;
  for (const auto variable : base::split(environment, '\0')) {
    if (variable.starts_with("SSH_CONNECTION=")) return parse_connection(variable.substr(15));
    if (variable.starts_with("SSH_CLIENT=")) client = parse_connection(variable.substr(11));
  }
  return client;
}

std::uint32_t parent_of(const std::string& status) {
  const auto at = status.find("\nPPid:");
  if (at == std::string::npos) return 0;
  const auto end = status.find('\n', at + 1);
  return base::parse_number<std::uint32_t>(base::trim(std::string_view(status).substr(at + 6, end - at - 6)))
      .value_or(0);
}

}  // namespace

std::vector<OperatorConnection> operator_connections(const std::string& root, std::uint32_t process_id) {
  std::vector<OperatorConnection> all;
  for (unsigned depth = 0; process_id > 0 && depth < most_ancestors; ++depth) {
    const auto folder = root + "/proc/" + std::to_string(process_id);
    const auto found = connection_in(contents(folder + "/environ"));
    if (found && std::ranges::find(all, *found) == all.end()) all.push_back(*found);
    process_id = parent_of(contents(folder + "/status"));
  }
  return all;
}

}  // namespace davylamp::app
