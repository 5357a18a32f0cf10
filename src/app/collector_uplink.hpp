// A collector's end: the bus whose other end is a daemon, on this host or another, kept connected.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "app/role.hpp"
#include "bus/uplink/collector_bus.hpp"

namespace davylamp::app {

class CollectorUplink {
 public:
  // Delivers to uplink.connect; without it to the daemon of this host, at agent_socket_path(config). Works on the loop
  // of `role`. Throws Failure when the token, the certificates or the spool cannot be used.
  CollectorUplink(Role& role, const Config& config, const base::Clock& clock, Log& log, std::string_view version);

  contract::Bus& bus() { return bus_; }
  // When nothing is collected any more: what was seen last is delivered, if that goes quickly.
  void say_farewell() const;
  // After the role has stopped: what could not be delivered is written to the spool.
  void finish() { bus_.finish(); }

 private:
  Log& log_;
  uplink::CollectorBus bus_;
  std::string told_;
};

}  // namespace davylamp::app
