// Every source there is, by name. Nothing registers itself: to add one, write its folder and put a line here. Stores
// and buses: app/backends.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/peer_book.hpp"
#include "base/zone.hpp"
#include "contract/source.hpp"

namespace davylamp::app {

// Several may look at one server, under one id: its management interface, its hooks.
struct NamedSource {
  model::SourceId id;
  std::unique_ptr<contract::Source> source;
  std::function<std::vector<model::Loss>()> losses;  // null: it loses nothing by itself
};

// What sources need; must outlive them. `peers` is told which servers are to be followed.
struct SourceNeeds {
  const base::Clock& clock;
  const base::Zones& zones;
  PeerBook& peers;
};
// In the order of the configuration; the first of an id is the one that answers commands.
std::vector<NamedSource> make_sources(const Config& config, const SourceNeeds& needs);

}  // namespace davylamp::app
