// Which peers the sources of this host have, by address: filled from what they say, before addresses are veiled.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "contract/peer_directory.hpp"

namespace davylamp::app {

// Holds the open peers of the servers that were asked for with follow(), nothing of any other.
class PeerBook : public contract::PeerDirectory {
 public:
  // From now on this server's peers are noted.
  void follow(const model::SourceId& source) { servers_[source]; }
  // Takes note of what a source said.
  void note(const model::SourceId& source, const model::Fact& fact);

  std::optional<std::string> peer_at(const model::SourceId& source, const model::Endpoint& real) const override;
  std::optional<std::string> peer_behind(const model::SourceId& source,
                                         const model::Address& virtual_address) const override;
  std::optional<model::Counters> counters(const model::SourceId& source, const std::string& peer) const override;

 private:
  struct Peer {
    std::optional<model::Endpoint> real;
    std::optional<model::Address> virtual_address;
    std::optional<model::Address> virtual_address6;
    model::Counters counters;
    std::uint64_t listing = 0;
  };
  struct Server {
    std::unordered_map<std::string, Peer> peers;
    std::multimap<model::Address, std::string> by_real;
    std::map<model::Address, std::string> by_virtual;
  };
  static void take_facts(Server& server, const std::string& key, Peer& peer, const model::PeerFacts& facts);
  static void unindex(Server& server, const std::string& key, const Peer& peer);
  static void forget(Server& server, const std::string& key);
  static void forget_unlisted(Server& server, std::uint64_t listing);
  static void forget_epochs(Server& server, const std::string& prefix);

  std::map<model::SourceId, Server> servers_;
};

}  // namespace davylamp::app
