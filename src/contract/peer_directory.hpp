// Which peer of a server is behind an address, as its own source says: how a witness from outside finds whom it saw.
#pragma once

#include <optional>
#include <string>

#include "model/observation.hpp"

namespace davylamp::contract {

// Lives on the collect role's loop. Knows open peers only, by the addresses that came before the privacy mode.
class PeerDirectory {
 public:
  virtual ~PeerDirectory() = default;
  // The source's key of the peer that connects from `real`; one without a port matches by address when only one does.
  virtual std::optional<std::string> peer_at(const model::SourceId& source, const model::Endpoint& real) const = 0;
  virtual std::optional<std::string> peer_behind(const model::SourceId& source,
                                                 const model::Address& virtual_address) const = 0;
  // What the source last said that this peer moved.
  virtual std::optional<model::Counters> counters(const model::SourceId& source, const std::string& peer) const = 0;
};

}  // namespace davylamp::contract
