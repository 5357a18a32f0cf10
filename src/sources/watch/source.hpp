// A watched service: what witnesses see of its peers becomes sessions, or evidence for the sessions of another source.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "contract/peer_directory.hpp"
#include "contract/source.hpp"
#include "contract/witness.hpp"

namespace davylamp::watch {

struct Config {
  std::string name;
  contract::WatchedPorts ports;
  std::optional<std::string> process;
  std::vector<std::string> interfaces;    // patterns; their totals are shown
  std::optional<model::SourceId> server;  // whose peers are looked after; absent: peers become sessions
  base::Seconds idle{120};
  std::uint32_t most_peers = 65'536;
  std::string state_file;  // what must be remembered over a restart, so that nothing counts twice; 0600
  std::optional<model::Address> address;
  bool lab = false;
};

// The program that serves a port.
struct Owner {
  std::string program;
  std::uint32_t process = 0;
};

struct Dependencies {
  std::vector<std::unique_ptr<contract::Witness>> witnesses;  // in the order of trust
  const contract::PeerDirectory& directory;
  std::function<contract::WatchedPorts(const std::string& process)> ports_of;
  std::function<std::vector<model::InterfaceFacts>(const std::vector<std::string>& patterns)> interfaces;
  const base::Clock& clock;
  // Who listens there, as far as this program may see; null: nobody asks.
  std::function<std::optional<Owner>(std::uint16_t port, model::Protocol protocol)> owner_of = {};
};

class Source : public contract::Source {
 public:
  virtual std::vector<model::Loss> losses() const = 0;
};

// What `dependencies` refers to must outlive it.
std::unique_ptr<Source> make_source(Config config, Dependencies dependencies);

}  // namespace davylamp::watch
