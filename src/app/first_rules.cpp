#include "app/first_rules.hpp"

#include "core/alerts/alert_engine.hpp"

namespace davylamp::app {

void lay_down_first_rules(contract::Store& store, base::Time now) {
  const auto alerts = store.alerts();
  if (alerts->alerting().revision != 0) return;
  for (const auto& rule : core::default_alert_rules()) {
    alerts->add_rule(rule, {.at = now, .account = "davylamp", .action = "rule_added", .subject = rule.name});
  }
}

}  // namespace davylamp::app
