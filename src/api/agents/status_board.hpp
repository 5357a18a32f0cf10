// GET /api/v1/status and what /health counts: agents as VPN Sentinel's readers know them. Each agent's text is made
// when the agent changes, the whole when somebody asks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/change.hpp"

namespace davylamp::api {

enum class StatusShape {
  by_client,  // {"office-vpn": {...}}: what its servers answer
  list,       // [{"client_id": "office-vpn", ...}]: what its documentation promises
};

struct StatusText {
  std::shared_ptr<const std::string> body;
  std::string etag;
};

class StatusBoard {
 public:
  void reset(const std::vector<model::Agent>& agents);
  void apply(const std::vector<model::Change>& changes);
  // At most a second old while nothing changes. Agents that never reported are left out.
  const StatusText& all(StatusShape shape, base::Time now);
  // The same of one agent; an empty object or list when it never reported.
  std::string one(const std::string& name, StatusShape shape, base::Time now) const;
  // Agents that are alive, or late.
  std::size_t active() const { return active_; }

 private:
  // Around the one member that changes by itself, minutes_ago.
  struct Row {
    std::string head;
    std::string tail;
    base::Time last_heard_at{};
    bool active = false;
  };
  struct Cached {
    StatusText text;
    std::uint64_t revision = 0;
    base::Time made_at{};
  };
  static Row row_of(const model::Agent& agent);
  void put(const model::Agent& agent);
  void remove(const std::string& name);
  void append(std::string& out, const std::string& name, const Row& row, StatusShape shape, base::Time now) const;

  std::map<std::string, Row> rows_;
  std::size_t active_ = 0;
  std::size_t bytes_ = 0;  // of all rows
  std::uint64_t revision_ = 1;
  std::map<StatusShape, Cached> cached_;
};

}  // namespace davylamp::api
