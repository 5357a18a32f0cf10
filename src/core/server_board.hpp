// What is known of each server: its state in one sentence, its sessions, its bytes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/observation.hpp"
#include "model/server.hpp"

namespace davylamp::core {

class ServerBoard {
 public:
  // Servers as they were stored. Their state is not: nobody has looked at them since.
  void restore(const std::vector<model::Server>& servers);
  // True when the server's state (not only a figure) changed: worth an event.
  bool apply(const model::Observation& observation, const model::SourceHealth& health);
  void add_bytes(const std::string& server, const model::Counters& bytes);
  void set_sessions(const std::string& server, std::uint64_t sessions);
  const model::Server* find(const std::string& server) const;
  // Servers that changed since the last call.
  std::vector<model::Server> take();
  bool urgent() const { return urgent_; }
  std::vector<std::string> names() const;

 private:
  struct Entry {
    model::Server server;
    bool dirty = false;
  };
  std::map<std::string, Entry> entries_;
  bool urgent_ = false;
};

}  // namespace davylamp::core
