// What is known of each server: its state in one sentence, its sessions, its bytes.
#pragma once

#include <map>
#include <optional>
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
  void apply(const model::Observation& observation, const model::WitnessesTold& told);
  // Nobody looks at these servers, for this reason: what was said of them is no longer known to be so. Whoever is not
  // named is looked at (again), and stands as it was said last. Returns the names of those whose state changed.
  std::vector<std::string> set_unwatched(const std::vector<model::SourceId>& servers, const std::string& why,
                                         base::Time at);
  void add_bytes(const std::string& server, const model::Counters& bytes);
  void set_sessions(const std::string& server, std::uint64_t sessions);
  const model::Server* find(const std::string& server) const;
  // Servers that changed since the last call.
  std::vector<model::Server> take();
  bool urgent() const { return urgent_; }
  std::vector<std::string> names() const;

 private:
  struct Said {
    model::ServerState state = model::ServerState::connecting;
    std::string health;
    base::Time since_at{};
  };
  struct Entry {
    model::Server server;
    bool dirty = false;
    std::vector<model::WitnessFacts> witnesses;  // of the server's own source; those from outside come behind them
    std::vector<model::InterfaceFacts> interfaces;
    std::optional<Said> said = {};  // before nobody looked
  };
  void join(Entry& entry) const;
  bool leave_unwatched(Entry& entry, const std::string& why, base::Time at);
  bool watch_again(Entry& entry, base::Time at);
  std::map<std::string, Entry> entries_;
  std::map<std::string, model::WitnessesTold> told_;
  bool urgent_ = false;
};

}  // namespace davylamp::core
