#include "sources/openvpn/config_facts.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

constexpr Release subnet_by_default{2, 7};
constexpr Release bytecount_with_dco{2, 7};

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  const auto parts = base::split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (const auto part : parts) {
    const auto byte = base::parse_number<std::uint8_t>(part);
    if (!byte) return std::nullopt;
    address = address << 8U | *byte;
  }
  return address;
}

bool has_word(const Directive* directive, std::string_view word) {
  return directive != nullptr && std::ranges::find(directive->words, word) != directive->words.end();
}

bool is_tap(const ServerConfig& config) {
  const auto* type = config.last("dev-type");
  return type != nullptr ? type->parameter(1) == "tap" : config.device.value_or("").starts_with("tap");
}

enum class Topology { net30, p2p, subnet };

Topology topology_of(const ServerConfig& config, std::optional<Release> release) {
  const auto* line = config.last("topology");
  if (line == nullptr) return release && *release >= subnet_by_default ? Topology::subnet : Topology::net30;
  if (line->parameter(1) == "subnet") return Topology::subnet;
  return line->parameter(1) == "p2p" ? Topology::p2p : Topology::net30;
}

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

std::optional<Range> range_of(std::string_view first_text, std::string_view last_text) {
  const auto first = parse_ipv4(first_text);
  const auto last = parse_ipv4(last_text);
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

// `server NETWORK NETMASK [nopool]`, as helper.c expands it.
std::optional<Range> range_of_server(const Directive& line, bool subnet) {
  const auto network = parse_ipv4(line.parameter(1));
  const auto mask = parse_ipv4(line.parameter(2));
  if (!network || !mask || *mask == 0 || has_word(&line, "nopool")) return std::nullopt;
  const auto broadcast = *network | ~*mask;
  const auto bits = std::popcount(*mask);
  if (bits > 29) return std::nullopt;
  if (subnet) return Range{*network + 2, broadcast - 1};
  return Range{*network + 4, broadcast - (bits == 29 ? 0U : 4U)};
}

std::string listen_text(std::string_view protocol, std::string_view address, std::string_view port) {
  const bool wide = protocol.find('6') != std::string_view::npos;
  std::string host(address.empty() ? (wide ? "::" : "0.0.0.0") : address);
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return std::string(protocol.starts_with("tcp") ? "tcp " : "udp ") + host + ":" + std::string(port);
}

void warn_of_management(const ServerConfig& config, std::vector<std::string>& faults) {
  if (config.management && !config.management->is_unix() && !config.management->password_file) {
    faults.push_back("its management port " + config.management->target + ":" + config.management->port +
                     " has no password: every user of that host can disconnect clients; use a socket in a closed "
                     "folder, or add a password file to the line");
  }
  if (config.management_client_auth) {
    faults.emplace_back(
        "another program must approve every login (management-client-auth); while it is away nobody gets in, and "
        "OpenVPN serves one program at a time there");
  }
  if (config.management_signal) {
    faults.emplace_back(
        "every program that leaves the management interface restarts the server and cuts everyone off "
        "(management-signal); remove that line");
  }
}

}  // namespace

std::optional<Release> parse_release(std::string_view version) {
  const auto digit = version.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::nullopt;
  const auto number = version.substr(digit, version.find_first_not_of("0123456789.", digit) - digit);
  const auto parts = base::split(number, '.');
  if (parts.size() < 2) return std::nullopt;
  const auto major = base::parse_number<int>(parts[0]);
  const auto minor = base::parse_number<int>(parts[1]);
  if (!major || !minor) return std::nullopt;
  return Release{*major, *minor};
}

std::string mode_of(const ServerConfig& config) {
  if (config.server) return "server";
  return config.has("client") || config.has("pull") || config.has("tls-client") ? "client" : "point_to_point";
}

std::string listens_on(const ServerConfig& config) {
  std::string text;
  for (const auto& line : config.directives) {
    if (line.name() != "local" || line.words.size() < 2) continue;
    const auto port = line.parameter(2).empty() ? std::string_view(config.port) : line.parameter(2);
    const auto protocol = line.parameter(3).empty() ? std::string_view(config.protocol) : line.parameter(3);
    if (!text.empty()) text += ", ";
    text += listen_text(protocol, line.parameter(1) == "*" ? std::string_view() : line.parameter(1), port);
  }
  return text.empty() ? listen_text(config.protocol, "", config.port) : text;
}

std::optional<std::uint64_t> pool_size(const ServerConfig& config, std::optional<Release> release) {
  const auto topology = topology_of(config, release);
  const bool single = is_tap(config) || config.has("server-bridge") || topology == Topology::subnet;
  std::optional<Range> range;
  if (const auto* server = config.last("server")) range = range_of_server(*server, single);
  if (const auto* bridge = config.last("server-bridge")) range = range_of(bridge->parameter(3), bridge->parameter(4));
  if (const auto* pool = config.last("ifconfig-pool")) range = range_of(pool->parameter(1), pool->parameter(2));
  if (!range) return std::nullopt;
  // With net30 every client takes four addresses, aligned.
  if (!single && topology == Topology::net30) return (range->last >> 2U) - (range->first >> 2U) + 1;
  return std::uint64_t{range->last} - range->first + 1;
}

std::optional<bool> dco_by_config(const ServerConfig& config) {
  // Each of these makes 2.6 and later fall back (dco.c, dco_check_option).
  constexpr std::array<std::string_view, 5> excluding{"disable-dco", "fragment", "comp-lzo", "compress", "http-proxy"};
  const bool excluded = std::ranges::any_of(excluding, [&](std::string_view name) { return config.has(name); });
  return excluded || is_tap(config) ? std::optional(false) : std::nullopt;
}

std::vector<CertificateSource> certificate_sources(const ServerConfig& config) {
  constexpr std::array<std::array<std::string_view, 2>, 4> kinds{
      {{"cert", "certificate"}, {"extra-certs", "ca"}, {"ca", "ca"}, {"crl-verify", "crl"}}};
  std::vector<CertificateSource> sources;
  for (const auto& [name, what] : kinds) {
    const auto* line = config.last(name);
    // `crl-verify FOLDER dir` holds one empty file per revoked serial number: nothing that runs out.
    if (line == nullptr || line->words.size() < 2 || line->parameter(2) == "dir") continue;
    if (line->is_inline()) {
      sources.push_back({std::string(what), config.files.empty() ? "" : config.files.front(), line->block});
    } else {
      sources.push_back({std::string(what), config.absolute(line->words[1]), std::nullopt});
    }
  }
  return sources;
}

ConfigFacts config_facts(const ServerConfig& config, std::optional<Release> release) {
  return {mode_of(config), listens_on(config), pool_size(config, release), dco_by_config(config)};
}

std::vector<std::string> known_faults(std::optional<Release> release, std::optional<bool> dco,
                                      const ServerConfig* config) {
  std::vector<std::string> faults;
  if (dco.value_or(false) && release && *release < bytecount_with_dco) {
    faults.emplace_back(
        "this OpenVPN with data channel offload reports only control traffic between listings, so volumes move at "
        "every listing; OpenVPN 2.7, or disable-dco, reports them in between");
  }
  if (config == nullptr) return faults;
  warn_of_management(*config, faults);
  if (!config->status_file) {
    faults.emplace_back(
        "its configuration names no status file, so there is nothing to check the management interface against; "
        "davylamp setup openvpn adds one");
  } else if (config->status_version.value_or("1") == "1") {
    faults.emplace_back(
        "its status file has version 1, which lacks tunnel addresses in the rows and mistakes commas in names; "
        "status-version 3 is exact");
  }
  return faults;
}

}  // namespace davylamp::openvpn
