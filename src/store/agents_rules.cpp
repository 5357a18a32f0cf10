#include "store/agents_rules.hpp"

#include "base/text.hpp"

namespace davylamp::store {

std::unexpected<base::Error> no_agent(std::string_view name) {
  return base::fail("not_found", "there is no agent \"" + base::printable(name) + "\"");
}
std::unexpected<base::Error> no_rule(std::uint64_t id) {
  return base::fail("not_found", "there is no rule " + std::to_string(id));
}
std::unexpected<base::Error> no_silence(std::uint64_t id) {
  return base::fail("not_found", "there is no silence " + std::to_string(id));
}
std::unexpected<base::Error> no_token() {
  return base::fail("not_found", "the one-time token is unknown, was used, or is too old: make a new one");
}
std::unexpected<base::Error> token_exists() {
  return base::fail("exists", "this token is there already");
}

bool came_to_nothing(const model::Incident& incident) {
  return incident.state == model::IncidentState::resolved && !incident.fired_at;
}

}  // namespace davylamp::store
