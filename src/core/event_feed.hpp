// Turns what happened into lines for people.
#pragma once

#include <string>
#include <vector>

#include "core/id_series.hpp"
#include "model/event.hpp"
#include "model/server.hpp"
#include "model/session.hpp"

namespace davylamp::core {

class EventFeed {
 public:
  void restore(std::uint64_t next_event_id, const model::Shard& shard = {}) { ids_.restore(next_event_id, shard); }
  void opened(const model::Session& session);
  void closed(const model::Session& session);
  void roamed(base::Time at, const model::Session& session);
  void server_state(const model::Server& server);
  // Any other line; it is given its id here.
  void add(model::Event event);
  std::vector<model::Event> take();

 private:
  IdSeries ids_;
  std::vector<model::Event> events_;
};

}  // namespace davylamp::core
