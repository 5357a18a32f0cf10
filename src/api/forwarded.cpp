#include "api/forwarded.hpp"

#include <algorithm>
#include <utility>

#include "api/request_target.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

// The parts between separators that do not stand within quotes.
std::vector<std::string_view> split_unquoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string unquoted(std::string_view text) {
  text = base::trim(text);
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

ForwardedHop hop_of(std::string_view element) {
  ForwardedHop hop;
  for (const auto pair : split_unquoted(element, ';')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = base::to_lower(base::trim(pair.substr(0, equals)));
    const auto value = unquoted(pair.substr(equals + 1));
    if (name == "for") hop.node = value;
    if (name == "proto") hop.proto = base::to_lower(value);
    if (name == "host") hop.host = value;
  }
  return hop;
}

std::vector<std::string_view> list_of(std::string_view text) {
  if (base::trim(text).empty()) return {};
  return base::split(text, ',');
}

// The value for the hop that is `from_end` before the last.
std::string_view value_for(const std::vector<std::string_view>& values, std::size_t from_end) {
  if (values.empty()) return {};
  return base::trim(values[values.size() - 1 - std::min(from_end, values.size() - 1)]);
}

struct Walk {
  model::Address address;
  const ForwardedHop* hop = nullptr;
};

Walk walk_back(const std::vector<ForwardedHop>& hops, const Neighbour& neighbour,
               std::span<const model::Network> trusted) {
  Walk walk{neighbour.address};
  for (auto i = hops.size(); i > 0; --i) {
    walk.hop = &hops[i - 1];
    const auto address = parse_node(walk.hop->node);
    if (!address) break;
    walk.address = *address;
    if (!any_contains(trusted, *address)) break;
  }
  return walk;
}

bool names_somebody(const std::vector<ForwardedHop>& hops) {
  return std::ranges::any_of(hops, [](const ForwardedHop& hop) { return !hop.node.empty(); });
}

}  // namespace

std::vector<ForwardedHop> parse_forwarded(std::string_view text) {
  std::vector<ForwardedHop> hops;
  if (base::trim(text).empty()) return hops;
  for (const auto element : split_unquoted(text, ',')) hops.push_back(hop_of(element));
  return hops;
}

std::vector<ForwardedHop> x_forwarded(const Request& request) {
  const auto nodes = list_of(request.header("x-forwarded-for"));
  const auto protos = list_of(request.header("x-forwarded-proto"));
  const auto hosts = list_of(request.header("x-forwarded-host"));
  std::vector<ForwardedHop> hops;
  if (nodes.empty() && protos.empty() && hosts.empty()) return hops;
  const auto count = std::max<std::size_t>(nodes.size(), 1);
  hops.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto from_end = count - 1 - i;
    hops.push_back({nodes.empty() ? std::string() : unquoted(nodes[i]), base::to_lower(value_for(protos, from_end)),
                    std::string(value_for(hosts, from_end))});
  }
  return hops;
}

base::Result<model::Address> parse_node(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return base::fail("bad_address", "the bracket is not closed");
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return base::fail("bad_address", "text follows the bracket");
    return model::Address::parse(text.substr(1, close - 1));
  }
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return model::Address::parse(text);
}

base::Result<Asker> who_asks(const Request& request, const Neighbour& neighbour,
                             std::span<const model::Network> trusted) {
  Asker asker{neighbour.address, neighbour.tls, std::string(request.header("host")), false};
  if (!neighbour.proxy && !any_contains(trusted, neighbour.address)) return asker;
  asker.through_proxy = true;
  const auto by_x = x_forwarded(request);
  const auto by_standard = parse_forwarded(request.header("forwarded"));
  const bool both = names_somebody(by_x) && names_somebody(by_standard);
  const bool standard = !names_somebody(by_x) && !by_standard.empty();
  const auto walk = walk_back(standard ? by_standard : by_x, neighbour, trusted);
  if (both && walk_back(by_standard, neighbour, trusted).address != walk.address) {
    return base::fail("forwarded", "Forwarded and X-Forwarded-For name different clients");
  }
  asker.address = walk.address;
  if (walk.hop == nullptr) return asker;
  if (!walk.hop->proto.empty()) asker.secure = walk.hop->proto == "https" || walk.hop->proto == "wss";
  if (!walk.hop->host.empty() && parse_authority(walk.hop->host)) asker.host = walk.hop->host;
  return asker;
}

bool any_contains(std::span<const model::Network> networks, const model::Address& address) {
  return std::ranges::any_of(networks, [&](const model::Network& network) { return network.contains(address); });
}

}  // namespace davylamp::api
