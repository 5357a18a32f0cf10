// The collect role: runs the sources, puts what they see on the bus, and carries out commands.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/geofence/fence_watch.hpp"
#include "app/kernel_stop/kernel_stops.hpp"
#include "app/peer_book.hpp"
#include "app/privacy/address_veil.hpp"
#include "app/registry.hpp"
#include "app/role.hpp"
#include "contract/bus.hpp"
#include "enrich/geoip/enricher.hpp"

namespace davylamp::app {

class Collect {
 public:
  struct Dependencies {
    contract::Bus& bus;
    const base::Clock& clock;
    const base::Zones& zones;
    Log& log;
    std::string fences_in;  // the state directory of davylamp geofence, which need not be this program's own
  };
  // Throws Failure when what the privacy mode needs cannot be kept.
  Collect(Role& role, const Config& config, Dependencies dependencies);
  ~Collect();

 private:
  class Sink;
  Sink& sink_of(const model::SourceId& id, std::uint64_t boot);
  void supervise(NamedSource& named, Sink& sink);
  io::Task<void> carry_out_commands();
  void carry_out(const model::Command& command);
  io::Task<void> keep_house();
  void tell_health();
  void renew_key();
  void tell_losses();

  Role& role_;
  Dependencies dependencies_;
  geoip::Enricher enricher_;
  std::optional<RotatingKey> key_;
  std::string node_;
  bool tells_health_;
  std::string losses_of_;
  AddressVeil veil_;
  bool looked_up_ = false;  // places, since the database's pages were given back
  PeerBook peers_;
  std::vector<NamedSource> sources_;
  std::map<model::SourceId, std::unique_ptr<Sink>> sinks_;
  std::unique_ptr<contract::CommandReader> commands_;
  std::optional<KernelStops> kernel_;
  FenceWatch fences_;
  std::optional<std::vector<model::KernelStop>> stops_;  // to be held next
};

}  // namespace davylamp::app
