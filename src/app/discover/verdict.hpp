// Whether and how Davylamp can watch an OpenVPN server that was found.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sources/openvpn/server_config.hpp"

namespace davylamp::app {

// Where a server was met.
struct Sighting {
  std::string name;                         // from its file, unique among those found
  std::optional<std::uint32_t> process_id;  // of a running one
  bool other_network = false;               // it runs in another network namespace
};

struct FoundServer {
  std::string name;
  bool running = false;
  bool usable = false;
  std::string sentence;                 // what was found and, when it is not usable, what to do
  std::optional<std::string> add_line;  // the line its configuration lacks
  std::vector<std::string> notes;
  std::optional<std::string> management;  // as [[source.openvpn]] wants it
  std::optional<std::string> password_file;
  std::optional<std::string> config_file;
  std::optional<std::uint32_t> process_id;
  std::optional<std::string> status_file;
  std::optional<std::string> status_version;
  std::string transport;
  std::string port;
  std::optional<std::string> address;  // a public one it listens on
  std::optional<std::string> device;
  std::vector<openvpn::Directive> start;  // how it is or would be started; not described
  std::string directory;                  // where its process stands
};
BOOST_DESCRIBE_STRUCT(FoundServer, (),
                      (name, running, usable, sentence, add_line, notes, management, password_file, config_file,
                       process_id, status_file, status_version, transport, port, address, device))

FoundServer judge(const Sighting& sighting, const openvpn::ServerConfig& config);

}  // namespace davylamp::app
