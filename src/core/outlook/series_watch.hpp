// Which series are looked at for early warnings: sessions and throughput of servers, latency and throughput of agents.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/outlook/outlook.hpp"
#include "model/agent.hpp"
#include "model/counters.hpp"

namespace davylamp::core {

// The mean of an hour of the past, from what is stored.
struct PastHour {
  std::string what;
  std::string subject;
  base::Time at{};
  double mean = 0;
};
namespace series {
inline constexpr const char* sessions = "sessions";
inline constexpr const char* throughput = "throughput";  // bits per second, both directions
inline constexpr const char* latency = "latency";        // milliseconds
}  // namespace series

class SeriesWatch {
 public:
  // In order of time for each series, before anything else.
  void learn(const std::vector<PastHour>& hours);
  // About once a second, while the server is up.
  void load(const std::string& server, base::Time now, std::uint64_t sessions);
  void moved(const std::string& server, const model::Counters& bytes);
  void hear(const model::Agent& agent);
  void forget_agent(const std::string& name);
  void tick(base::Time now) { outlook_.tick(now); }
  std::vector<model::Warning> take() { return outlook_.take(); }
  const Outlook& outlook() const { return outlook_; }

 private:
  struct Flow {
    std::uint64_t bytes = 0;
    base::Time since{};
  };
  Outlook outlook_;
  std::map<std::string, Flow> flows_;              // by server, not told to the outlook yet
  std::map<std::string, base::Time> last_points_;  // by agent
};

}  // namespace davylamp::core
