// How the work is divided, by the configuration.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/result.hpp"
#include "model/observation.hpp"

namespace davylamp::app {

// The roles that one daemon has.
struct Roles {
  bool collect = true;
  bool process = true;
  bool serve = true;
  bool all() const { return collect && process && serve; }
  bool operator==(const Roles&) const = default;
};

// "collect", "process" and "serve"; none named: all. The error says which is unknown.
base::Result<Roles> parse_roles(const std::vector<std::string>& names);

// Whether other daemons are on the same bus.
bool shares_bus(const Config& config);
// Into how many shards the work of the process role is divided: one where all roles are in one daemon.
std::uint32_t shard_count(const Config& config);
// Whether collectors that are programs of their own, on this host or others, deliver to this daemon.
bool awaits_collectors(const Config& config);
// Whether this daemon only collects, and delivers to another daemon.
bool delivers_only(const Config& config, const Roles& roles);
// Who says what agents report: this node, or the hub that several daemons are together.
model::SourceId journal_source(const Config& config);
// Why these roles cannot run with this bus and store; empty when they can.
std::string why_not_apart(const Config& config, const Roles& roles);

}  // namespace davylamp::app
