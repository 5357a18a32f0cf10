#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "app/cli/commands/geofence.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "app/geofence/compile.hpp"
#include "app/geofence/nft_text.hpp"
#include "app/geofence/operator_address.hpp"
#include "app/geofence/service_ports.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint32_t most_seconds = 3'600;
constexpr std::uint32_t default_seconds = 60;
constexpr std::size_t most_named_clients = 10;
constexpr std::uint16_t ssh_port = 22;

struct RefusedClient {
  std::string user;
  model::Address address;
  std::optional<std::string> country_code;
};
BOOST_DESCRIBE_STRUCT(RefusedClient, (), (user, address, country_code))

struct Plan {
  FenceRequest request;
  bool allows = true;
  std::vector<FenceShare> networks;
  std::uint64_t intervals_v4 = 0;
  std::uint64_t intervals_v6 = 0;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> databases;
  std::vector<std::string> notes;
  std::vector<model::Address> operator_addresses;
  std::uint64_t clients = 0;  // connected now, with a known address
  std::uint64_t refused_clients = 0;
  std::vector<RefusedClient> refused;  // some of them
  bool applied = false;
  bool confirmed = false;
  std::optional<base::Time> expires_at;
  std::optional<std::string> nft;
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (request, allows, networks, intervals_v4, intervals_v6, memory_bytes, databases, notes,
                       operator_addresses, clients, refused_clients, refused, applied, confirmed, expires_at, nft))

// Takes an option's value to a member of the request.
template <class Read, class T>
base::Result<void> take(const Arguments& arguments, std::string_view option, Read read, T& target) {
  const auto text = arguments.value(option);
  if (!text) return {};
  auto value = read(*text);
  if (!value) return base::fail("usage", std::string(option) + ": " + value.error().message);
  target = std::move(*value);
  return {};
}

base::Result<FenceRequest> read_request(const Call& call, const Config& config) {
  const auto& arguments = call.arguments;
  FenceRequest request;
  base::Result<void> read;
  const auto next = [&](std::string_view option, auto reader, auto& target) {
    if (read) read = take(arguments, option, reader, target);
  };
  next("--allow", read_countries, request.allow);
  next("--deny", read_countries, request.deny);
  next("--asn", read_networks, request.asn);
  next("--deny-asn", read_networks, request.deny_asn);
  next("--also", read_addresses, request.also);
  next("--udp", read_ports, request.ports.udp);
  next("--tcp", read_ports, request.ports.tcp);
  if (!read) return std::unexpected(read.error());
  if (!arguments.names.empty()) return base::fail("usage", "takes options only, as in --service conduit --allow IR,DE");
  if (request.allow.empty() && request.asn.empty() && request.deny.empty() && request.deny_asn.empty()) {
    return base::fail("usage", "says nobody: give --allow, --deny, --asn or --deny-asn");
  }
  request.strict = arguments.has("--strict");
  request.service = arguments.value("--service").value_or("");
  if (request.service.empty()) return base::fail("usage", "needs --service NAME");
  if (request.service.size() > 64 || base::printable(request.service) != request.service) {
    return base::fail("usage", "--service: a name has at most 64 printable characters");
  }
  if (request.ports != FencePorts{}) return request;
  auto ports = service_ports(config, request.service, call.world.root);
  if (!ports) return std::unexpected(ports.error());
  request.ports = std::move(*ports);
  return request;
}

base::Result<std::uint32_t> read_seconds(const Arguments& arguments) {
  const auto text = arguments.value("--seconds");
  if (!text) return default_seconds;
  const auto seconds = base::parse_number<std::uint32_t>(*text);
  if (!seconds || *seconds == 0 || *seconds > most_seconds) {
    return base::fail("usage", "--seconds must be a number from 1 to 3600");
  }
  return *seconds;
}

// The operator's own address may always come in; where it is not known, ports that let operators in are not fenced.
base::Result<void> keep_operator(FenceRequest& request, const std::vector<OperatorConnection>& connections,
                                 const Config& config) {
  std::vector<std::uint16_t> doors{ssh_port};
  for (const auto& connection : connections) {
    request.also.push_back(connection.address.to_string());
    doors.push_back(connection.server_port);
  }
  const auto listen = parse_listen(config.serve.listen);
  if (listen && listen->port && listen->address.kind() != model::AddressKind::loopback) doors.push_back(*listen->port);
  std::ranges::sort(request.also);
  request.also.erase(std::ranges::unique(request.also).begin(), request.also.end());
  if (!request.also.empty()) return {};
  for (const auto port : request.ports.tcp) {
    if (std::ranges::find(doors, port) == doors.end()) continue;
    return base::fail("locked_out", "TCP port " + std::to_string(port) +
                                        " is how operators reach this host, and it is not known from where you do: no "
                                        "SSH connection was found. Say it with --also ADDRESS.");
  }
  return {};
}

std::vector<std::string> names_of_sessions(const Config& config, const std::string& service) {
  std::vector<std::string> names{service};
  for (const auto& item : config.source.watch) {
    if (item.name == service && item.server) names.push_back(*item.server);
  }
  return names;
}

// As of the daemon's last commit; none where there is no store.
void judge_clients(const Call& call, const Config& config, const CompiledFence& fence, Plan& plan) {
  std::error_code error;
  if (!std::filesystem::exists(config.store.path, error)) return;
  const auto store = store_to_look_at(call, config);
  if (!store) return;
  const auto names = names_of_sessions(config, plan.request.service);
  for (const auto& session : store->reader()->open_sessions()) {
    if (!session.real_address || std::ranges::find(names, session.server) == names.end()) continue;
    ++plan.clients;
    if (fence.lets_in(*session.real_address)) continue;
    ++plan.refused_clients;
    if (plan.refused.size() == most_named_clients) continue;
    plan.refused.push_back(
        {session.user, *session.real_address, session.place ? session.place->country_code : std::nullopt});
  }
}

std::string ports_text(const FencePorts& ports) {
  std::string text;
  for (const auto& [protocol, list] : {std::pair{"udp", &ports.udp}, std::pair{"tcp", &ports.tcp}}) {
    for (const auto port : *list)
      text += (text.empty() ? "" : ", ") + std::string(protocol) + " " + std::to_string(port);
  }
  return text;
}

std::string clients_text(const Plan& plan) {
  std::string text = std::to_string(plan.refused_clients) + " of " + std::to_string(plan.clients) +
                     " connected clients would be refused";
  for (std::size_t i = 0; i < plan.refused.size(); ++i) {
    const auto& client = plan.refused[i];
    const auto address = client.address.to_string();
    text += (i == 0 ? ": " : ", ") + base::printable(client.user);
    auto more = client.user == address ? std::string() : address;
    if (client.country_code) more += (more.empty() ? "" : ", ") + *client.country_code;
    if (!more.empty()) text += " (" + more + ")";
  }
  if (plan.refused_clients > plan.refused.size()) text += ", ...";
  return text + "\n";
}

std::string plan_text(const Plan& plan) {
  std::string text = base::printable(plan.request.service) + " (" + ports_text(plan.request.ports) + "): lets in " +
                     who_comes_in(plan.request) + "\n\n";
  TextTable table({{"OF"}, {"IPV4 NETWORKS", Align::right}, {"IPV6 NETWORKS", Align::right}});
  for (const auto& share : plan.networks) {
    table.add({share.name, std::to_string(share.networks_v4), std::to_string(share.networks_v6)});
  }
  table.add({"in the kernel", std::to_string(plan.intervals_v4), std::to_string(plan.intervals_v6)});
  text += table.to_string() + "\nabout " + bytes_text(plan.memory_bytes) + " of kernel memory\n";
  for (const auto& note : plan.notes) text += base::printable(note) + "\n";
  for (const auto& address : plan.operator_addresses) {
    text += "you are at " + address.to_string() + ", which is always let in\n";
  }
  if (plan.operator_addresses.empty()) text += "you are on no SSH connection; nothing is kept open for you\n";
  if (!plan.request.strict) text += "private addresses are always let in; --strict judges them too\n";
  if (plan.clients > 0) text += clients_text(plan);
  if (plan.nft) text += "\n" + *plan.nft;
  return text;
}

bool wanted(const Call& call) {
  call.world.out << "\nSet this fence? [y/N] " << std::flush;
  std::string answer;
  std::getline(call.world.in, answer);
  return answer == "y" || answer == "yes";
}

const StandingFence* confirmed_fence(const Fences::Show& show, const std::string& service) {
  for (const auto& shown : show.fences) {
    if (shown.entry.service == service && shown.entry.kept && !shown.entry.tried && shown.judging) {
      return &*shown.entry.kept;
    }
  }
  return nullptr;
}

void apply(const Call& call, const Config& config, const CompiledFence& fence, Plan& plan) {
  const auto seconds = *read_seconds(call.arguments);
  const auto now = call.world.clock.now();
  auto fences = fences_of(config);
  const auto show = fences.show();
  const auto* before = confirmed_fence(show, plan.request.service);
  plan.applied = true;
  plan.confirmed = before != nullptr && before->request == plan.request;
  if (plan.confirmed) return fences.renew(plan.request, fence, now);
  fences.try_out(plan.request, fence, now, seconds);
  plan.expires_at = now + base::Seconds{seconds};
  if (!call.world.start_detached) return;
  // Only tidies up: the kernel has ended it by then.
  call.world.start_detached(
      {"--config", call.config_path, "geofence", "settle", "--after", std::to_string(seconds + 1)});
}

Plan make_plan(const Call& call, FenceRequest request, const CompiledFence& fence) {
  Plan plan;
  plan.request = std::move(request);
  plan.allows = fence.allows;
  plan.networks = fence.shares;
  plan.intervals_v4 = fence.listed.v4.size();
  plan.intervals_v6 = fence.listed.v6.size();
  plan.memory_bytes = memory_bytes(fence);
  plan.databases = fence.databases;
  plan.notes = fence.notes;
  if (call.arguments.has("--verbose")) {
    const FenceId id{fence_key(plan.request.service), 1, plan.request.ports};
    plan.nft = fence_kept(id, fence_definition(id, fence), std::nullopt);
  }
  return plan;
}

void tell(const Call& call, const Plan& plan) {
  if (call.json) {
    call.world.out << base::json::write(plan) << "\n";
  } else if (plan.confirmed) {
    call.world.out << "the fence was confirmed before and stays so, with the addresses of today's databases\n";
  } else if (plan.expires_at) {
    call.world.out << "It judges now, until " << time_text(*plan.expires_at) << ". Keep it with\n"
                   << "  davylamp geofence confirm --service " << base::printable(plan.request.service) << "\n"
                   << "or the kernel takes it back by itself.\n";
  }
}

}  // namespace

int run_geofence(const Call& call) {
  const bool dry = call.arguments.has("--dry-run");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  auto request = read_request(call, *config);
  if (!request) return usage_error(call, "geofence: " + request.error().message);
  if (const auto seconds = read_seconds(call.arguments); !seconds) {
    return usage_error(call, "geofence: " + seconds.error().message);
  }
  if (call.json && !dry && !call.arguments.has("--yes")) {
    return usage_error(call, "geofence: --json needs --dry-run or --yes");
  }
  const auto connections = operator_connections(call.world.root, static_cast<std::uint32_t>(::getpid()));
  base::value_or_throw(keep_operator(*request, connections, *config));
  const auto fence = base::value_or_throw(compile_with(*config, *request));
  auto plan = make_plan(call, std::move(*request), fence);
  for (const auto& connection : connections) plan.operator_addresses.push_back(connection.address);
  judge_clients(call, *config, fence, plan);
  if (!call.json) call.world.out << plan_text(plan);
  if (!dry) {
    if (!call.arguments.has("--yes") && !wanted(call)) return exit_failed;
    apply(call, *config, fence, plan);
  }
  tell(call, plan);
  return exit_ok;
}

}  // namespace davylamp::app
