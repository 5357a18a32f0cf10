// Makes one failure of the several lines that OpenVPN writes about it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "sources/firewall/openvpn_line.hpp"

namespace davylamp::firewall {

// A client that was not let in.
struct FailedClient {
  std::string_view why;
  std::optional<model::Endpoint> peer;
  std::string transport;
  std::string user;
  base::Time at{};
};

// Bounded: remembers at most some thousands of clients, and details for ten seconds.
class OpenvpnFailures {
 public:
  // What is now sure to be a failure, in order; often nothing.
  std::vector<FailedClient> take_in(const OpenvpnFailure& line, base::Time at);
  // Details that nothing followed are failures by themselves. Call about once a second.
  std::vector<FailedClient> expire(base::Time now);
  // The same of all of them, when no more lines come.
  std::vector<FailedClient> finish();

 private:
  bool was_told(const model::Endpoint& peer, base::Time at) const;
  void remember(const model::Endpoint& peer, base::Time at);
  void merge_details(FailedClient& failed);

  struct Told {
    model::Endpoint peer;
    base::Time at;
  };
  std::deque<Told> told_;
  std::deque<FailedClient> details_;
};

}  // namespace davylamp::firewall
