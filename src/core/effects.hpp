// What the caller should now write to the store and then publish.
#pragma once

#include <vector>

#include "model/change.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

struct Effects {
  std::vector<model::Cursor> cursors;
  std::vector<model::StoredSession> sessions;
  std::vector<model::TrafficIncrement> traffic;
  std::vector<model::EndpointSighting> endpoints;
  std::vector<model::ServerLoad> loads;
  std::vector<model::Server> servers;
  std::vector<model::Event> events;
  std::vector<model::Change> changes;  // publish these once the rest is committed
};

}  // namespace davylamp::core
