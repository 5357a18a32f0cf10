// What a fresh installation has: the rules of alerts that are worth having everywhere.
#pragma once

#include "contract/store.hpp"

namespace davylamp::app {

// Lays them down once, in a store whose rules nobody touched yet. Blocks.
void lay_down_first_rules(contract::Store& store, base::Time now);

}  // namespace davylamp::app
