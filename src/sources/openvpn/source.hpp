// The OpenVPN source: joins the management client (talk) and the peer table (think).
#pragma once

#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>

#include "contract/source.hpp"

namespace davylamp::openvpn {

// `[[source.openvpn]]`
struct Config {
  std::string name;        // the server's name, unique in this installation
  std::string management;  // the path of a unix socket, or address:port
  std::optional<std::string> password_file;
  double poll_seconds = 1;                    // between two full listings
  std::uint32_t bytecount_seconds = 1;        // how often OpenVPN may report a client's bytes; 0 turns it off
  std::optional<std::string> address;         // where the server stands on the map
  std::optional<std::string> public_address;  // where clients reach it
  std::optional<std::string> status_file;     // read beside the interface, to compare
  std::optional<std::string> config_file;     // the server's own configuration: mode, pool, certificates
  std::optional<std::string> transport;       // "udp" or "tcp", where OpenVPN does not tell it
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (name, management, password_file, poll_seconds, bytecount_seconds, address, public_address,
                       status_file, config_file, transport, lab))

// What the configuration alone says of a server. Throws Failure when an address of it is none.
model::ServerFacts configured_facts(const Config& config);

// `clock` must outlive the source. Throws Failure when `config.management` is no address.
std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock);

}  // namespace davylamp::openvpn
