#include "app/registry.hpp"

#include "bus/loopback/loopback_bus.hpp"
#include "sources/openvpn/source.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

openvpn::Config openvpn_source(const OpenvpnConfig& config) {
  openvpn::Config source;
  source.name = config.name;
  source.management = config.management;
  source.password_file = config.password_file;
  source.poll_seconds = config.poll_seconds;
  source.bytecount_seconds = config.bytecount_seconds;
  if (config.address) source.address = config.address->to_string();
  if (config.public_address) source.public_address = config.public_address->to_string();
  source.config_file = config.config_file;
  if (config.transport) source.transport = std::string(base::json::enum_name(*config.transport));
  source.lab = config.lab;
  return source;
}

}  // namespace

std::vector<NamedSource> make_sources(const Config& config, const base::Clock& clock) {
  std::vector<NamedSource> sources;
  sources.reserve(config.source.openvpn.size());
  for (const auto& item : config.source.openvpn) {
    sources.push_back({{config.node.name, "openvpn", item.name}, openvpn::make_source(openvpn_source(item), clock)});
  }
  return sources;
}

std::unique_ptr<contract::Store> open_store(const Config& config) {
  return sqlite::open({config.store.path});
}

std::unique_ptr<contract::Bus> open_bus(const Config&) {
  return loopback::open();
}

}  // namespace davylamp::app
