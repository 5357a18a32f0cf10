#include "probe/inspector.hpp"

#include <algorithm>

#include "io/kept_file.hpp"
#include "probe/all_of.hpp"
#include "probe/deadline.hpp"
#include "probe/resolver_file.hpp"
#include "probe/resolver_probe.hpp"
#include "probe/signature.hpp"

namespace davylamp::probe {
namespace {

constexpr std::size_t largest_resolver_file = 64 * 1024;
constexpr std::size_t canary_id_bytes = 8;
constexpr base::Seconds first_again{60};
constexpr base::Seconds close_enough{1};  // what is due so soon is not left to the next report

io::Task<void> measure(HostNames& names, PathTarget target, ProbeRow row, model::PathReport& place) {
  place = co_await measure_path(names, std::move(target), row);
}

std::uint64_t bits_per_second(std::uint64_t before, std::uint64_t now, double seconds) {
  if (now < before || seconds <= 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(now - before) * 8 / seconds);
}

bool settled(const std::optional<model::ExitReport>& exit) {
  return !exit || exit->address || (!exit->routed && exit->answered == 0);
}

}  // namespace

Inspector::Inspector(boost::asio::any_io_executor executor, HttpClient& http, HostNetworkReader& network,
                     Options options)
    : http_(http), network_(network), options_(std::move(options)), names_(std::move(executor)) {}

Inspector::Ways Inspector::ways_of(const HostNetwork& network) const {
  Ways ways{network.way_v4, network.way_v6};
  if (const auto* const tunnel = choose_tunnel(network, options_.tunnel)) {
    ways.tunnel = tunnel->index;
    ways.up = tunnel->up;
  }
  return ways;
}

std::optional<HostNetwork> Inspector::read_network() {
  try {
    return network_.read();
  } catch (const base::Failure&) {
    return std::nullopt;
  }
}

bool Inspector::network_changed() {
  const auto network = read_network();
  return network && ways_of(*network) != ways_;
}

void Inspector::set_hub_token(const WebAddress& hub, const std::string& token) {
  for (auto& source : options_.lookups) {
    if (source.provider == Provider::hub && source.v4 && source.v4->host_text() == hub.host_text() &&
        source.v4->tls == hub.tls)
      source.token = token;
  }
}

void Inspector::set_canary_zone(std::string zone) {
  if (zone.empty()) {
    options_.canary_zone.reset();
  } else {
    options_.canary_zone = std::move(zone);
  }
}

void Inspector::take_link(const HostNetwork& network, model::Heartbeat& heartbeat) {
  const auto ways = ways_of(network);
  auto link = report_link(network, options_.tunnel);
  const auto now = std::chrono::steady_clock::now();
  const bool same = last_link_ && ways.tunnel == ways_.tunnel && last_link_->rx_bytes <= link.rx_bytes &&
                    last_link_->tx_bytes <= link.tx_bytes;
  if (same) {
    const auto seconds = std::chrono::duration<double>(now - last_link_at_).count();
    link.rx_bps = bits_per_second(last_link_->rx_bytes, link.rx_bytes, seconds);
    link.tx_bps = bits_per_second(last_link_->tx_bytes, link.tx_bytes, seconds);
  }
  if (ways != ways_ || (last_link_ && !same)) {
    wanted_ = true;
    http_.start_afresh();
    names_.forget();
  }
  ways_ = ways;
  last_link_ = link;
  last_link_at_ = now;
  heartbeat.link = std::move(link);
}

std::vector<std::string> Inspector::resolvers() const {
  if (!options_.resolvers.empty()) return options_.resolvers;
  const auto text = io::read_kept_file("/etc/resolv.conf", largest_resolver_file);
  return read_resolver_file(text && *text ? std::string_view(**text) : std::string_view());
}

void Inspector::add_exit_tests(const std::optional<HostNetwork>& network, model::Heartbeat& heartbeat,
                               std::vector<io::Task<void>>& tests) {
  if (!options_.lookups.empty()) {
    tests.push_back(
        put_into(look_up_exit(http_, options_.lookups, Family::v4, !network || network->way_v4), heartbeat.exit_v4));
    tests.push_back(
        put_into(look_up_exit(http_, options_.lookups, Family::v6, !network || network->way_v6), heartbeat.exit_v6));
  }
  if (!options_.resolver_check || (!options_.whoami && !options_.canary_zone)) return;
  ResolverQuestions questions{resolvers(), options_.whoami, options_.canary_zone, random_text(canary_id_bytes)};
  tests.push_back(put_into(probe_resolver(std::move(questions)), heartbeat.resolver));
}

// While a tunnel comes up nothing answers, and providers may disagree for a moment: those tests come again after one
// minute, two, four ...
void Inspector::plan_next_look_up(const model::Heartbeat& heartbeat, SteadyTime begun) {
  const bool good = settled(heartbeat.exit_v4) && settled(heartbeat.exit_v6);
  const auto wait = good ? options_.look_up_every : std::min(again_, options_.look_up_every);
  again_ = good ? first_again : again_ * 2;
  again_ = std::min(again_, std::max(first_again, options_.look_up_every));
  next_look_up_ = begun + wait;
}

io::Task<model::Heartbeat> Inspector::inspect() {
  model::Heartbeat heartbeat;
  heartbeat.kind = model::HeartbeatKind::agent;
  heartbeat.version = options_.version;
  const auto network = read_network();
  if (network) take_link(*network, heartbeat);
  const auto now = std::chrono::steady_clock::now();
  std::vector<io::Task<void>> tests;
  const bool look_up = wanted_ || now + close_enough >= next_look_up_;
  if (look_up) add_exit_tests(network, heartbeat, tests);
  if (wanted_ || now >= next_measure_) {
    heartbeat.paths.resize(options_.targets.size());
    for (std::size_t i = 0; i < options_.targets.size(); ++i)
      tests.push_back(measure(names_, options_.targets[i], options_.row, heartbeat.paths[i]));
    next_measure_ = now + options_.measure_every;
  }
  wanted_ = false;
  co_await all_of(std::move(tests));
  if (look_up) plan_next_look_up(heartbeat, now);
  co_return heartbeat;
}

}  // namespace davylamp::probe
