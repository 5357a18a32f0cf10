#include "app/tunnel_agent/options.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint32_t shortest_interval_seconds = 5;
constexpr std::uint32_t longest_interval_seconds = 86'400;
constexpr std::size_t longest_name = 100;
constexpr std::size_t most_targets = 16;
constexpr std::size_t longest_zone = 200;
constexpr std::string_view every_provider = "ipinfo,cloudflare,ip-api,hub";
constexpr std::string_view usual_state_directory = "/var/lib/davylamp-agent";

using Problem = std::optional<std::string>;

struct Option {
  std::string_view argument;  // "--hub"
  std::string_view variable;  // "DAVYLAMP_HUB"
  std::string_view seed;      // VPN Sentinel's variable for the same; empty: it has none
  std::string_view value;     // how its value is called; empty: it has none
  std::string_view meaning;
  bool many = false;  // may be given more than once; in a variable separated by commas
};

constexpr std::array options{
    Option{"--hub", "DAVYLAMP_HUB", "VPN_SENTINEL_SERVER_API_BASE_URL", "URL", "the davylampd to report to"},
    Option{"--token-file", "DAVYLAMP_TOKEN_FILE", "", "FILE", "holds this agent's token, or the hub's shared key"},
    Option{"--enrol", "DAVYLAMP_ENROL", "", "ONE_TIME_TOKEN",
           "trade this for a token, once; kept in the state directory"},
    Option{"--name", "DAVYLAMP_NAME", "VPN_SENTINEL_CLIENT_ID", "NAME",
           "what this agent is called (default: the host's name)"},
    Option{"--interval", "DAVYLAMP_INTERVAL", "", "SECONDS",
           "from one report to the next (default: as the hub says, or 60)"},
    Option{"--look-up-interval", "DAVYLAMP_LOOK_UP_INTERVAL", "", "SECONDS",
           "from one test of exit and resolver to the next, while nothing changes (default 900)"},
    Option{"--path-interval", "DAVYLAMP_PATH_INTERVAL", "", "SECONDS",
           "from one row of path probes to the next (default 300)"},
    Option{"--tunnel", "DAVYLAMP_TUNNEL", "", "INTERFACE", "the tunnel's interface (default: found by its kind)"},
    Option{"--target", "DAVYLAMP_TARGETS", "", "HOST[:PORT]",
           "also measure the path to this; may be given more than once", true},
    Option{"--resolver-check", "DAVYLAMP_RESOLVER_CHECK", "", "on|canary|off",
           "find out which resolvers really ask (default on)"},
    Option{"--resolvers", "DAVYLAMP_RESOLVERS", "", "ADDRESSES", "ask these instead of those in /etc/resolv.conf"},
    Option{"--lookups", "DAVYLAMP_LOOKUPS", "", "PROVIDERS",
           "who is asked for the public address (default ipinfo,cloudflare,ip-api,hub; NAME=URL: asked there)"},
    Option{"--canary-zone", "DAVYLAMP_CANARY_ZONE", "", "ZONE",
           "the hub's zone for unique names (default: as the hub says)"},
    Option{"--state-directory", "DAVYLAMP_STATE_DIRECTORY", "STATE_DIRECTORY", "FOLDER",
           "keeps the token and the reports that wait (default /var/lib/davylamp-agent)"},
    Option{"--ca-file", "DAVYLAMP_CA_FILE", "", "FILE", "authorities that certificates are checked against"},
    Option{"--insecure", "DAVYLAMP_INSECURE", "", "", "do not check certificates"},
    Option{"--once", "DAVYLAMP_ONCE", "", "", "print one report as JSON and end; nothing is sent"},
};

using Values = std::map<std::string_view, std::string>;  // by argument

std::unexpected<base::Error> wrong(std::string what) {
  return base::fail("usage", std::move(what) + "; see davylamp-agent --help");
}

Values values_of(const std::map<std::string, std::string>& environment) {
  Values values;
  for (const auto& option : options) {
    auto found = environment.find(std::string(option.variable));
    if (found == environment.end() && !option.seed.empty()) found = environment.find(std::string(option.seed));
    if (found == environment.end() || found->second.empty()) continue;
    if (option.value.empty() && (found->second == "0" || found->second == "false" || found->second == "no")) continue;
    values[option.argument] = found->second;
  }
  return values;
}

base::Result<void> take_arguments(std::span<const std::string_view> arguments, Values& values) {
  std::map<std::string_view, bool> seen;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto equals = std::min(arguments[i].find('='), arguments[i].size());
    const auto name = arguments[i].substr(0, equals);
    const auto option = std::ranges::find(options, name, &Option::argument);
    if (option == options.end()) return wrong(base::printable(name) + ": unknown");
    std::string value = "yes";
    if (!option->value.empty()) {
      const bool inside = equals < arguments[i].size();
      if (!inside && i + 1 == arguments.size()) return wrong(std::string(name) + ": its value is missing");
      value = inside ? arguments[i].substr(equals + 1) : arguments[++i];
    }
    auto& known = values[option->argument];
    known = option->many && seen[option->argument] ? known + "," + value : value;
    seen[option->argument] = true;
  }
  return {};
}

class Reading {
 public:
  explicit Reading(Values values) : values_(std::move(values)) {}
  std::optional<std::string> text(std::string_view argument) const {
    const auto found = values_.find(argument);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  bool has(std::string_view argument) const { return values_.contains(argument); }
  Problem seconds(std::string_view argument, std::uint32_t& target) const {
    const auto given = text(argument);
    if (!given) return std::nullopt;
    const auto number = base::parse_number<std::uint32_t>(*given);
    if (!number || *number < shortest_interval_seconds || *number > longest_interval_seconds) {
      return std::string(argument) + ": \"" + base::printable(*given) + "\" is not a number of seconds from " +
             std::to_string(shortest_interval_seconds) + " to " + std::to_string(longest_interval_seconds);
    }
    target = *number;
    return std::nullopt;
  }
  std::vector<std::string> list(std::string_view argument) const {
    std::vector<std::string> items;
    for (const auto part : base::split(text(argument).value_or(""), ',')) {
      if (const auto item = base::trim(part); !item.empty()) items.emplace_back(item);
    }
    return items;
  }

 private:
  Values values_;
};

bool is_agent_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, allowed);
}

// The base URL of VPN Sentinel's clients may end in the path of its API, which is the same here.
base::Result<probe::WebAddress> read_hub(std::string text) {
  for (const std::string_view ending : {"/", "/api/v1"}) {
    if (text.ends_with(ending)) text.resize(text.size() - ending.size());
  }
  return probe::WebAddress::parse(text);
}

Problem take_numbers(const Reading& reading, TunnelAgentOptions& told) {
  if (reading.has("--interval")) {
    if (auto problem = reading.seconds("--interval", told.interval_seconds.emplace())) return problem;
  }
  if (auto problem = reading.seconds("--look-up-interval", told.look_up_seconds)) return problem;
  return reading.seconds("--path-interval", told.path_seconds);
}

Problem take_name(const Reading& reading, const std::string& host_name, TunnelAgentOptions& told) {
  told.name = reading.text("--name").value_or(host_name);
  if (is_agent_name(told.name)) return std::nullopt;
  return "\"" + base::printable(told.name) +
         "\" cannot be an agent's name: 1 to 100 of the characters A-Z a-z 0-9 . _ -; give one with --name";
}

Problem take_targets(const Reading& reading, TunnelAgentOptions& told) {
  for (const auto& item : reading.list("--target")) {
    auto target = probe::PathTarget::parse(item);
    if (!target) return "--target: " + target.error().message;
    told.targets.push_back(std::move(*target));
  }
  if (told.targets.size() <= most_targets) return std::nullopt;
  return "--target: at most " + std::to_string(most_targets) + " targets are measured";
}

// Who wants no look-up but the hub's wants nobody else to be asked at all.
Problem take_tests(const Reading& reading, TunnelAgentOptions& told) {
  const auto wanted = reading.text("--lookups").value_or(std::string(every_provider));
  auto lookups = probe::read_lookup_sources(wanted == "none" ? "" : wanted, told.hub);
  if (!lookups) return "--lookups: " + lookups.error().message;
  told.lookups = std::move(*lookups);
  const bool nobody_else = std::ranges::all_of(
      told.lookups, [](const probe::LookupSource& source) { return source.provider == probe::Provider::hub; });
  told.resolver_check = nobody_else ? ResolverCheck::canary : ResolverCheck::on;
  if (const auto check = reading.text("--resolver-check")) {
    const auto value = base::json::enum_value<ResolverCheck>(*check);
    if (!value) return "--resolver-check: \"" + base::printable(*check) + "\" is not one of on, canary, off";
    told.resolver_check = *value;
  }
  told.canary_zone = reading.text("--canary-zone");
  if (told.canary_zone && told.canary_zone->size() > longest_zone) return "--canary-zone: the name is too long";
  told.resolvers = reading.list("--resolvers");
  return std::nullopt;
}

void take_token(const Reading& reading, const std::map<std::string, std::string>& environment,
                TunnelAgentOptions& told) {
  told.token_file = reading.text("--token-file");
  told.one_time_token = reading.text("--enrol");
  for (const auto* const variable : {"DAVYLAMP_TOKEN", "VPN_SENTINEL_API_KEY"}) {
    const auto found = environment.find(variable);
    if (!told.token && found != environment.end() && !found->second.empty()) told.token = found->second;
  }
}

}  // namespace

base::Result<TunnelAgentOptions> read_tunnel_agent_options(std::span<const std::string_view> arguments,
                                                           const std::map<std::string, std::string>& environment,
                                                           const std::string& host_name) {
  auto values = values_of(environment);
  if (auto taken = take_arguments(arguments, values); !taken) return std::unexpected(taken.error());
  const Reading reading(std::move(values));
  TunnelAgentOptions told;
  const auto hub = reading.text("--hub");
  if (!hub) return wrong("say with --hub (or DAVYLAMP_HUB) where to report, or --local to look at this host's servers");
  auto address = read_hub(*hub);
  if (!address) return wrong("--hub: " + address.error().message);
  told.hub = std::move(*address);
  take_token(reading, environment, told);
  told.tunnel = reading.text("--tunnel");
  told.state_directory = reading.text("--state-directory").value_or(std::string(usual_state_directory));
  told.ca_file = reading.text("--ca-file");
  told.insecure = reading.has("--insecure");
  told.once = reading.has("--once");
  for (auto& problem : {take_numbers(reading, told), take_name(reading, host_name, told), take_targets(reading, told),
                        take_tests(reading, told)}) {
    if (problem) return wrong(*problem);
  }
  if (told.insecure && told.ca_file) return wrong("--insecure and --ca-file contradict each other");
  return told;
}

std::map<std::string, std::string> tunnel_agent_environment() {
  std::map<std::string, std::string> environment;
  const auto take = [&](std::string_view variable) {
    const std::string name(variable);
    if (const auto* const value = name.empty() ? nullptr : std::getenv(name.c_str())) environment[name] = value;
  };
  for (const auto& option : options) {
    take(option.variable);
    take(option.seed);
  }
  take("DAVYLAMP_TOKEN");
  take("VPN_SENTINEL_API_KEY");
  return environment;
}

std::string tunnel_agent_usage() {
  constexpr std::size_t column = 34;
  std::string text;
  for (const auto& option : options) {
    std::string line = "  " + std::string(option.argument);
    if (!option.value.empty()) line += " " + std::string(option.value);
    line.resize(std::max(column, line.size() + 1), ' ');
    text += line + std::string(option.meaning) + "\n";
  }
  return text +
         "Each also as a variable: DAVYLAMP_HUB, DAVYLAMP_TOKEN (the token itself), DAVYLAMP_TOKEN_FILE, DAVYLAMP_NAME "
         "...;\n"
         "VPN Sentinel's VPN_SENTINEL_SERVER_API_BASE_URL, VPN_SENTINEL_API_KEY and VPN_SENTINEL_CLIENT_ID do the "
         "same.\n";
}

}  // namespace davylamp::app
