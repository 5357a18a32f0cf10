// Every source, store and bus there is, by name. Nothing registers itself: to add one, write its folder and put a line
// here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "contract/source.hpp"
#include "contract/store.hpp"

namespace davylamp::app {

// Several may look at one server, under one id: its management interface, its hooks.
struct NamedSource {
  model::SourceId id;
  std::unique_ptr<contract::Source> source;
  std::function<std::vector<model::Loss>()> losses;  // null: it loses nothing by itself
};

// In the order of the configuration; the first of an id is the one that answers commands. `clock` and `zones` must
// outlive them.
std::vector<NamedSource> make_sources(const Config& config, const base::Clock& clock, const base::Zones& zones);
// Throws Failure that names the file and what to do.
std::unique_ptr<contract::Store> open_store(const Config& config);
std::unique_ptr<contract::Bus> open_bus(const Config& config);

}  // namespace davylamp::app
