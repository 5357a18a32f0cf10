#include "probe/resolver_file.hpp"

#include "base/text.hpp"
#include "model/address.hpp"

namespace davylamp::probe {
namespace {

constexpr std::size_t most_servers = 3;
constexpr std::string_view keyword = "nameserver";
constexpr std::size_t longest_scope = 16;

}  // namespace

std::vector<std::string> read_resolver_file(std::string_view text) {
  std::vector<std::string> servers;
  for (const auto whole : base::split(text, '\n')) {
    if (!whole.starts_with(keyword) || servers.size() == most_servers) continue;
    const auto rest = whole.substr(keyword.size());
    if (rest.empty() || (rest.front() != ' ' && rest.front() != '\t')) continue;
    const auto words = base::trim(rest);
    const auto server = words.substr(0, words.find_first_of(" \t#;"));
    const auto scope = server.find('%');
    const bool fits = scope == std::string_view::npos || server.size() - scope <= longest_scope;
    if (fits && model::Address::parse(server.substr(0, scope))) servers.emplace_back(base::printable(server));
  }
  if (servers.empty()) servers.emplace_back("127.0.0.1");
  return servers;
}

}  // namespace davylamp::probe
