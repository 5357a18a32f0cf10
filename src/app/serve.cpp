#include "app/serve.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/alerting_access.hpp"
#include "app/directories.hpp"
#include "app/division.hpp"
#include "app/front_options.hpp"
#include "app/hub_options.hpp"
#include "app/privacy/statement.hpp"
#include "base/backoff.hpp"
#include "enrich/geoip/enricher.hpp"
#include "enrich/geoip/search.hpp"
#include "io/certificate.hpp"
#include "io/together.hpp"

namespace davylamp::app {

namespace {

bool is_loopback(const model::Address& address) {
  return address.kind() == model::AddressKind::loopback;
}

}  // namespace

Serve::Serve(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      changes_(dependencies_.bus.changes(role.loop().get_executor())),
      commands_(shares_bus(config) ? dependencies_.bus.commands(role.loop().get_executor()) : nullptr),
      reader_("store-reader", dependencies_.store.reader()),
      accounts_("store-accounts", dependencies_.store.accounts()),
      limits_("store-limits", dependencies_.store.limits()),
      hasher_("password-hash", std::make_unique<api::PasswordHasher>()),
      service_(service(role, config)),
      server_(role.loop().get_executor(), options(config), service_, *this) {
  role.scope().spawn("serve", run());
}

Serve::~Serve() = default;

api::ServerOptions Serve::options(const Config& config) {
  const auto listen = base::value_or_throw(parse_listen(config.serve.listen));
  api::ServerOptions options;
  options.address = listen.address.to_string();
  options.port = listen.port.value_or(8080);
  options.host_names = config.serve.host_names;
  options.host_names_setting = "serve.host_names";
  options.web_root = config.serve.web_root;
  options.clock = &dependencies_.clock;
  options.control_socket = control_socket_path(config);
  set_front(config, options);
  if (config.serve.tls_certificate && config.serve.tls_key) {
    options.tls = api::TlsFiles{*config.serve.tls_certificate, *config.serve.tls_key};
  } else if (config.serve.tls && !is_loopback(listen.address)) {
    auto names = config.serve.host_names;
    names.push_back(boost::asio::ip::host_name());
    const auto made = io::make_self_signed(config.node.state_directory, std::move(names), dependencies_.clock.now());
    options.tls = api::TlsFiles{made.certificate_path, made.key_path};
    dependencies_.log.info("TLS with a self-signed certificate, SHA-256 " + made.fingerprint);
  }
  url_ = (options.tls ? "https://" : "http://") + listen.to_text();
  return options;
}

api::AboutFacts Serve::about(const Config& config) const {
  api::AboutFacts about;
  about.version = dependencies_.version;
  about.host = config.node.name;
  const geoip::Enricher databases(config.geoip, geoip::default_directories());
  for (const auto& [text, url] : databases.attribution()) about.attribution.push_back({text, url});
  return about;
}

api::ApiService::Dependencies Serve::service(Role& role, const Config& config) {
  api::ApiService::Dependencies service{reader_,
                                        accounts_,
                                        limits_,
                                        hasher_,
                                        dependencies_.clock,
                                        dependencies_.zones,
                                        about(config),
                                        role.loop().get_executor()};
  service.privacy = {std::string(base::json::enum_name(config.privacy.mode)), privacy_statement(config),
                     to_retention(config.retention)};
  service.issue = [this](model::Command command) { dependencies_.bus.publish(std::move(command)); };
  service.server_stats = [this] { return server_.stats(); };
  service.bus_trouble = [this] { return dependencies_.bus.trouble(); };
  agents_.emplace("store-agents", dependencies_.store.agents());
  alerts_.emplace("store-alerts", dependencies_.store.alerts());
  service.rates = rates_of(config.rate);
  service.shared_buckets = dependencies_.shared_buckets.get();
  service.alerting = alerting_access(config, *agents_, *alerts_);
  nodes_.emplace("store-nodes", dependencies_.store.nodes());
  service.alerting.nodes = &*nodes_;
  open_directories(config, service);
  open_hub(role, config);
  if (reports_) {
    service.reports = &*reports_;
    service.alerting.ask_again = [this](const std::string& agent) { return reports_->ask_again(agent); };
  }
  return service;
}

void Serve::open_directories(const Config& config, api::ApiService::Dependencies& service) {
  if (auto directory = open_directory(config.ldap)) {
    service.directory = &directory_.emplace("directory", std::move(directory));
    if (!config.ldap.start_tls && config.ldap.url->starts_with("ldap://"))
      dependencies_.log.warning("passwords go to the directory in the clear: ldap.start_tls is switched off");
  }
  if (auto provider = open_single_sign_on(config.oidc))
    service.single_sign_on = &single_sign_on_.emplace("single-sign-on", std::move(provider));
  service.sign_on = {config.oidc.name, config.oidc.redirect_url.value_or("")};
}

void Serve::open_hub(Role& role, const Config& config) {
  if (!dependencies_.journal) return;
  journal_source_ = journal_source(config);
  journal_boot_ = dependencies_.journal->boot();
  journal_.emplace("journal", std::move(dependencies_.journal));
  reports_.emplace(api::ReportService::Dependencies{
      *agents_, *journal_, dependencies_.clock, role.loop().get_executor(), hub_options(config, dependencies_.version),
      [this](std::vector<model::Heartbeat>&& heartbeats) { publish(std::move(heartbeats)); },
      [this](model::Command command) { dependencies_.bus.publish(std::move(command)); }});
}

// They are durable: what the bus loses, the process role reads from the journal.
void Serve::publish(std::vector<model::Heartbeat>&& heartbeats) {
  for (auto& heartbeat : heartbeats) {
    const auto number = heartbeat.number;
    const auto at = heartbeat.received_at;
    dependencies_.bus.publish(
        model::Observation{journal_source_, journal_boot_, number, at, model::HeartbeatSeen{std::move(heartbeat)}});
  }
}

io::Task<void> Serve::run() {
  co_await reload();
  auto answering = io::together(server_.run(), service_.run());
  auto following = commands_ ? io::together(follow(), listen()) : follow();
  co_await io::together(std::move(answering), std::move(following));
}

// The store may be away for a while: what is served meanwhile is what was known.
io::Task<void> Serve::reload() {
  base::Backoff backoff({base::Milliseconds{500}, base::Milliseconds{5'000}}, 1);
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (;;) {
    try {
      co_return co_await service_.reload();
    } catch (const base::Failure& failure) {
      dependencies_.log.error("the view could not be made from the store, trying again: " + failure.error().message);
    }
    timer.expires_after(backoff.next());
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

// What another daemon changed in the store and this one holds in memory.
io::Task<void> Serve::listen() {
  for (;;) {
    for (const auto& command : co_await commands_->next()) co_await service_.hear(command);
  }
}

io::Task<void> Serve::follow() {
  for (;;) {
    const auto batch = co_await changes_->next();
    if (batch.missed) {
      dependencies_.log.warning("the live view fell behind and is made anew from the store");
      co_await reload();
    }
    for (const auto& changes : batch.changes) {
      service_.apply(*changes);
      ask_again(*changes);
    }
  }
}

// Whose tunnel is not as it should be is to look again with its next report: a leak that is over is told soon.
void Serve::ask_again(const std::vector<model::Change>& changes) {
  if (!reports_) return;
  for (const auto& change : changes) {
    const auto* changed = std::get_if<model::AgentChanged>(&change);
    if (changed != nullptr && !changed->agent.findings.empty()) reports_->ask_again(changed->agent.settings.name);
  }
}

void Serve::answered(const api::RequestRecord& record) {
  dependencies_.log.debug(record.method + " " + record.path + " " + std::to_string(record.status) + " " + record.id);
}

void Serve::failed(std::string_view task, std::string_view why) {
  dependencies_.log.error(std::string(task) + " failed: " + std::string(why));
}

}  // namespace davylamp::app
