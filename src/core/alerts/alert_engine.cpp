#include "core/alerts/alert_engine.hpp"

namespace davylamp::core {

void AlertEngine::restore(const model::Checkpoint&, base::Time) {}
void AlertEngine::set_channels(std::vector<AlertChannel>) {}
void AlertEngine::set_alerting(const model::Alerting&, base::Time) {}
void AlertEngine::hear(const model::Change&, base::Time) {}
void AlertEngine::acknowledge(std::uint64_t, const std::string&, base::Time) {}
void AlertEngine::tick(base::Time) {}

AlertMoves AlertEngine::take() {
  return {};
}

bool AlertEngine::urgent() const {
  return false;
}

std::vector<std::string> AlertEngine::in_maintenance(const std::vector<std::string>&, base::Time) const {
  return {};
}

std::vector<model::AlertRule> default_alert_rules() {
  return {};
}

}  // namespace davylamp::core
