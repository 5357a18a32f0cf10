// Decides whether somebody is to be told: conditions in, incidents and deliveries out. Rules are data. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/zone.hpp"
#include "model/change.hpp"
#include "model/incident.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

// Where messages can go, as the configuration says.
struct AlertChannel {
  std::string name;
  model::Severity least = model::Severity::notice;
  // Nothing but critical goes out between these minutes of the day in `zone` (22:00 to 07:00 is 1320, 420); what waits
  // goes out at the end of them, if it is still true. Equal: no quiet hours.
  std::uint16_t quiet_from = 0;
  std::uint16_t quiet_to = 0;
  std::string zone = "UTC";
  std::uint32_t group_seconds = 0;  // what fires within so long on this channel is one message
};

struct AlertMoves {
  std::vector<model::Incident> incidents;   // whole, each once
  std::vector<model::Delivery> deliveries;  // new ones, and those that are dropped
};

// Used on one loop. An incident is one from its condition's first moment to its end, however often it is said again.
class AlertEngine {
 public:
  explicit AlertEngine(const base::Zones& zones) : zones_(zones) {}
  void restore(const model::Checkpoint& checkpoint, base::Time now);
  void set_channels(std::vector<AlertChannel> channels);
  void set_alerting(const model::Alerting& alerting, base::Time now);
  // Everything that happened, in order: sessions, servers, quotas, events, agents, jobs. What it does not know it
  // skips.
  void hear(const model::Change& change, base::Time now);
  void acknowledge(std::uint64_t incident_id, const std::string& by, base::Time now);
  // Holds, clear times, the clock's rules, grouping.
  void tick(base::Time now);
  AlertMoves take();
  bool urgent() const;
  // Agents that are under a maintenance window now.
  std::vector<std::string> in_maintenance(const std::vector<std::string>& agents, base::Time now) const;

 private:
  [[maybe_unused]] const base::Zones& zones_;
};

// What a fresh installation has: one rule per condition that is worth telling everybody.
std::vector<model::AlertRule> default_alert_rules();

}  // namespace davylamp::core
