#include "core/agents/learning.hpp"

#include <algorithm>

namespace davylamp::core {
namespace {

// True when it is new.
template <class T>
bool add(std::vector<T>& list, const T& value, std::size_t most) {
  if (list.size() >= most || std::ranges::find(list, value) != list.end()) return false;
  list.push_back(value);
  return true;
}

}  // namespace

bool is_learning(const model::AgentSettings& settings, const model::Learned& learned) {
  return settings.exit.learned && !exit_is_written(settings.exit) && !learned.done;
}

void learn(model::Learned& learned, const ExitLook& look) {
  const auto v4 = exit_v4(look.heartbeat);
  const auto exit = v4 ? v4 : exit_v6(look.heartbeat);
  if (!exit) return;
  bool fresh = false;
  if (exit->place.country_code) fresh |= add(learned.countries, *exit->place.country_code, most_learned_countries);
  if (exit->place.asn) fresh |= add(learned.asns, *exit->place.asn, most_learned_asns);
  learned.heartbeats = fresh ? 1 : learned.heartbeats + 1;
  learned.done = learned.heartbeats >= std::max(look.settings.learning_heartbeats, 1U);
}

void learn_resolver(model::Learned& learned, const model::Address& resolver) {
  const auto network = model::Network::of(resolver, resolver.is_v4() ? 24 : 48);
  add(learned.resolver_networks, network.to_string(), most_learned_networks);
}

}  // namespace davylamp::core
