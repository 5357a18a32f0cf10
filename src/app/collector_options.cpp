#include "app/collector_options.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "io/certificate.hpp"
#include "io/kept_file.hpp"
#include "io/tls.hpp"

namespace davylamp::app {
namespace {

std::optional<uid_t> user_called(const std::string& name) {
  uid_t number = 0;
  const auto* end = name.data() + name.size();
  if (const auto read = std::from_chars(name.data(), end, number); read.ec == std::errc() && read.ptr == end)
    return number;
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return found->pw_uid;
}

// What was given, or one of its own beside the state.
io::TlsFiles certificate_of(const Config& config, base::Time now, Log& log) {
  io::TlsFiles files;
  files.ca_file = config.uplink.client_ca_file;
  files.certificate_file = config.uplink.tls_certificate;
  files.key_file = config.uplink.tls_key;
  if (!files.certificate_file) {
    const auto folder = config.node.state_directory + "/uplink";
    io::make_private_folder(folder);
    const auto made = io::make_self_signed(folder, {boost::asio::ip::host_name()}, now);
    files.certificate_file = made.certificate_path.string();
    files.key_file = made.key_path.string();
  }
  log.info("collectors of other hosts may connect at " + *config.uplink.listen +
           "; for uplink.fingerprint there: SHA-256 " + io::certificate_fingerprint(*files.certificate_file));
  return files;
}

}  // namespace

bool has_local_collector(const Config& config) {
  return config.node.collector == Collector::agent;
}

uplink::Listener::Options listener_options(const Config& config, const base::Clock& clock, Log& log,
                                           std::string version) {
  uplink::Listener::Options options;
  options.version = std::move(version);
  options.own_node = config.node.name;
  options.daemon = config.node.name;
  options.is_only_way = config.bus.url == "loopback:";
  if (has_local_collector(config)) {
    options.socket = agent_socket_path(config);
    options.users = {0, ::geteuid()};
    if (const auto user = user_called(config.node.agent_user)) options.users.insert(*user);
  }
  if (config.uplink.listen) {
    const auto listen = base::value_or_throw(parse_listen(*config.uplink.listen));
    options.listen.emplace(boost::asio::ip::make_address(listen.address.to_string()), listen.port.value_or(0));
    options.tls = io::make_tls_server(certificate_of(config, clock.now(), log));
  }
  return options;
}

std::vector<model::SourceId> servers_of(const Config& config) {
  std::vector<model::SourceId> servers;
  const auto& node = config.node.name;
  const auto& source = config.source;
  servers.reserve(source.openvpn.size() + source.wireguard.size() + source.ipsec.size() + source.watch.size());
  for (const auto& item : source.openvpn) servers.push_back({node, "openvpn", item.name});
  for (const auto& item : source.wireguard) servers.push_back({node, "wireguard", item.name});
  for (const auto& item : source.ipsec) servers.push_back({node, "ipsec", item.name});
  for (const auto& item : source.watch) {
    if (!item.server) servers.push_back({node, "watch", item.name});
  }
  return servers;
}

}  // namespace davylamp::app
