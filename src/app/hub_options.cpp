#include "app/hub_options.hpp"

#include <algorithm>

#include "notify/secret.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t least_key_bytes = 16;

std::string read_key(const std::string& place) {
  auto key = base::value_or_throw(notify::read_secret(place));
  if (key.size() >= least_key_bytes) return key;
  throw base::Failure("shared_key", "the key in hub.shared_key_file " + place + " has fewer than " +
                                        std::to_string(least_key_bytes) +
                                        " characters: make one with `openssl rand -hex 32`");
}

}  // namespace

api::ReportService::Options hub_options(const Config& config, const std::string& version) {
  api::ReportService::Options options;
  if (config.hub.shared_key_file) options.shared_key = read_key(*config.hub.shared_key_file);
  for (const auto& network : config.hub.allow) {
    options.allow.push_back(base::value_or_throw(model::Network::parse(network)));
  }
  options.rate = {std::max(config.hub.per_minute, 1U), std::max(config.hub.burst, 1U)};
  options.version = version;
  options.canary_zone = config.canary.zone;
  return options;
}

}  // namespace davylamp::app
