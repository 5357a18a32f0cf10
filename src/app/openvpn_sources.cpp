#include "app/openvpn_sources.hpp"

#include "sources/openvpn/hook_source.hpp"
#include "sources/openvpn/server_files.hpp"

namespace davylamp::app {

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
  source.status_file = config.status_file;
  if (config.transport) source.transport = std::string(base::json::enum_name(*config.transport));
  source.lab = config.lab;
  return source;
}

NamedSource hook_source(const model::SourceId& id, const OpenvpnConfig& config, const base::Clock& clock) {
  // Hooks run as whom OpenVPN becomes; its configuration tells.
  const auto user = config.config_file ? openvpn::user_of_server(*config.config_file) : std::nullopt;
  auto source = openvpn::make_hook_source({config.name, *config.hook_directory, user}, clock);
  auto losses = [hooks = source.get()] {
    const auto stats = hooks->stats();
    std::vector<model::Loss> all{
        {"hook_messages_undecodable", stats.undecodable, "hook messages that were damaged or of another version"},
        {"hook_messages_forged", stats.forged, "hook messages from an account that OpenVPN does not run as, not read"},
        {"hook_spool_dropped", stats.spool_dropped,
         "hook messages that did not fit into the spool while Davylamp was away"}};
    if (!stats.problem.empty()) all.push_back({"hooks_not_working", 1, stats.problem});
    return all;
  };
  return {id, std::move(source), std::move(losses)};
}

}  // namespace davylamp::app
