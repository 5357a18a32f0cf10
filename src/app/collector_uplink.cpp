#include "app/collector_uplink.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "io/kept_file.hpp"
#include "io/supervise.hpp"

namespace davylamp::app {
namespace {

constexpr base::Milliseconds first_pause{200};
constexpr base::Milliseconds longest_pause{5'000};
// So long what was seen last may take to be stored when the program is asked to stop.
constexpr base::Seconds longest_farewell{3};
constexpr base::Milliseconds farewell_step{20};
constexpr std::size_t largest_token_file = 4'096;

std::string token_of(const UplinkConfig& config) {
  const auto path = config.token_file.value_or("");
  const auto text = base::value_or_throw(io::read_kept_file(path, largest_token_file));
  const auto token = text ? base::trim(*text) : std::string_view();
  if (token.empty()) {
    throw base::Failure("no_token", "there is no token in " + base::printable(path) +
                                        " (uplink.token_file): on the daemon's host, davylamp node enrol NAME prints "
                                        "one; write it into that file");
  }
  return std::string(token);
}

uplink::CollectorBus::Network network_of(const UplinkConfig& config) {
  uplink::CollectorBus::Network network;
  for (const auto text : base::split(*config.connect, ',')) {
    const auto place = base::trim(text);
    const auto colon = place.rfind(':');
    auto host = place.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    network.gateways.push_back({std::string(host), std::string(place.substr(colon + 1))});
  }
  network.files = {config.certificate_file, config.key_file, config.ca_file};
  network.fingerprint = config.fingerprint;
  network.token = token_of(config);
  return network;
}

uplink::CollectorBus::Options options_of(const Config& config, const base::Clock& clock, std::string_view version) {
  uplink::CollectorBus::Options options;
  options.version = std::string(version);
  options.node = config.node.name;
  options.boot = static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
  options.clock = &clock;
  const auto& uplink = config.uplink;
  if (uplink.connect) {
    options.network = network_of(uplink);
  } else {
    options.socket = agent_socket_path(config);
  }
  if (uplink.connect || uplink.spool_directory) {
    options.spool = {uplink.spool_directory.value_or(config.node.state_directory + "/spool"), uplink.spool_bytes};
  }
  return options;
}

}  // namespace

CollectorUplink::CollectorUplink(Role& role, const Config& config, const base::Clock& clock, Log& log,
                                 std::string_view version)
    : log_(log), bus_(role.loop().get_executor(), options_of(config, clock, version)) {
  if (const auto left = bus_.spool_stats(); left.waiting != 0)
    log_.info(std::to_string(left.waiting) + " observations of an earlier run wait in the spool and go first");
  io::Supervision supervision;
  supervision.start = [this] {
    return bus_.run([this](const std::string& daemon) {
      log_.info("connected to davylampd " + base::printable(daemon));
      told_.clear();
    });
  };
  supervision.failed = [this](const base::Error& error, base::Milliseconds) {
    if (std::exchange(told_, error.message) != error.message)
      log_.warning("no way to davylampd: " + base::printable(error.message));
  };
  supervision.pauses = {first_pause, longest_pause};
  supervision.seed = std::hash<std::string>{}(config.node.name);
  supervision.healthy_after = base::Seconds{1};
  role.scope().spawn("uplink", io::supervise(std::move(supervision)));
  role.scope().spawn("spool", bus_.keep_spool());
}

void CollectorUplink::say_farewell() const {
  const auto until = std::chrono::steady_clock::now() + longest_farewell;
  while (bus_.outbox_stats().waiting != 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(farewell_step);
}

}  // namespace davylamp::app
