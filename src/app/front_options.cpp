#include "app/front_options.hpp"

namespace davylamp::app {
namespace {

std::vector<model::Network> networks_of(const std::vector<std::string>& texts) {
  std::vector<model::Network> networks;
  networks.reserve(texts.size());
  for (const auto& text : texts) networks.push_back(base::value_or_throw(model::Network::parse(text)));
  return networks;
}

}  // namespace

void set_front(const Config& config, api::ServerOptions& options) {
  const auto& serve = config.serve;
  options.trusted_proxies = networks_of(serve.trusted_proxies);
  options.allow = networks_of(serve.allow);
  options.cors_origins = serve.cors_origins;
  options.base_path = serve.base_path;
  if (serve.proxy_socket) options.proxy_socket = *serve.proxy_socket;
  options.only_proxies = !serve.tls;
}

api::Rates rates_of(const RateConfig& config) {
  return {.address = {config.address_per_minute, config.address_burst},
          .token = {config.token_per_minute, config.token_burst},
          .login = {config.login_per_minute, config.login_burst},
          .heavy = {config.heavy_per_minute, config.heavy_burst}};
}

}  // namespace davylamp::app
