#include "app/tunnel_agent/tunnel_agent.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <ostream>

#include "app/log.hpp"
#include "app/tunnel_agent/loop.hpp"
#include "app/tunnel_agent/options.hpp"
#include "app/tunnel_agent/token.hpp"
#include "base/text.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "probe/signature.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t boot_bytes = 8;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

probe::Inspector::Options inspection(const TunnelAgentOptions& told, std::string_view version) {
  probe::Inspector::Options options;
  options.lookups = told.lookups;
  options.targets = {{"hub", told.hub.host, std::nullopt, told.hub.port}};
  options.targets.insert(options.targets.end(), told.targets.begin(), told.targets.end());
  options.tunnel = told.tunnel;
  options.resolver_check = told.resolver_check != ResolverCheck::off;
  options.whoami = told.resolver_check == ResolverCheck::on;
  options.resolvers = told.resolvers;
  options.canary_zone = told.canary_zone;
  options.look_up_every = base::Seconds{told.look_up_seconds};
  options.measure_every = base::Seconds{told.path_seconds};
  options.version = version;
  return options;
}

io::Task<void> print_once(probe::Inspector& inspector, const TunnelAgentOptions& told, std::ostream& out) {
  if (const auto identity = known_agent_identity(told)) inspector.set_hub_token(told.hub, identity->token);
  auto heartbeat = co_await inspector.inspect();
  heartbeat.agent = told.name;
  heartbeat.measured_at = io::SystemClock().now();
  heartbeat.interval_seconds = told.interval_seconds;
  out << base::json::write(heartbeat) << std::endl;
}

io::Task<void> report_for_ever(TunnelAgentWorld world, const TunnelAgentOptions& told, probe::Inspector& inspector) {
  auto identity = co_await find_agent_identity(world, told);
  inspector.set_hub_token(told.hub, identity.token);
  world.log.info("reports to the hub " + told.hub.host_text() + " as " + identity.name);
  probe::ReportQueue queue(told.state_directory + "/queue", probe::random_text(boot_bytes));
  probe::HubClient hub(world.http, world.clock, {told.hub, identity.token, identity.name});
  TunnelAgentLoop loop(world, {inspector, queue, hub, told.interval_seconds});
  co_await loop.run();
}

class Program {
 public:
  Program(const TunnelAgentOptions& told, std::string_view version, std::ostream& err)
      : log_(err, clock_, LogLevel::info_),
        scope_(loop_.get_executor(), [this](const std::string&, std::exception_ptr error) { fail(error); }),
        http_(loop_.get_executor(), {told.ca_file, told.insecure, "davylamp-agent/" + std::string(version)}),
        network_(probe::make_host_network_reader()),
        inspector_(loop_.get_executor(), http_, *network_, inspection(told, version)) {
    if (told.insecure) log_.warning("--insecure: certificates are not checked; who is on the way can read the token");
  }

  int run(const TunnelAgentOptions& told, std::ostream& out) {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) scope_.cancel();
    });
    if (told.once) {
      scope_.spawn("report", end_with(print_once(inspector_, told, out)));
    } else {
      scope_.spawn("reports", report_for_ever({loop_.get_executor(), http_, clock_, log_}, told, inspector_));
    }
    loop_.run();
    return failed_ ? 1 : 0;
  }

 private:
  io::Task<void> end_with(io::Task<void> task) {
    co_await std::move(task);
    signals_.cancel();
  }
  void fail(std::exception_ptr error) {
    failed_ = true;
    log_.error(io::error_of(error).message);
    signals_.cancel();
  }

  boost::asio::io_context loop_{1};
  io::SystemClock clock_;
  Log log_;
  bool failed_ = false;
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  io::TaskScope scope_;
  probe::HttpClient http_;
  std::unique_ptr<probe::HostNetworkReader> network_;
  probe::Inspector inspector_;
};

}  // namespace

int run_tunnel_agent(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
                     std::ostream& err) {
  const auto told = read_tunnel_agent_options(arguments, tunnel_agent_environment(), host_name());
  if (!told) {
    err << "davylamp-agent: " << told.error().message << '\n';
    return 2;
  }
  ::setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
  return Program(*told, version, err).run(*told, out);
}

}  // namespace davylamp::app
