// A second witness: the status file of a server that is watched over its management interface.
#pragma once

#include <optional>
#include <string>

#include "model/server.hpp"
#include "sources/openvpn/status_file.hpp"
#include "sources/openvpn/status_freshness.hpp"

namespace davylamp::openvpn {

// Counts nothing: it says when the file and the interface do not agree. Reads the file when it changed, at most every
// ten seconds. Never throws.
class StatusCheck {
 public:
  explicit StatusCheck(std::string path) : file_(std::move(path)) {}
  // Adds to facts.warnings what is wrong with the file, a sentence. `sessions`: how many the interface lists now.
  void look(model::ServerFacts& facts, std::uint64_t sessions, base::Time now);

 private:
  std::string read(base::Time now);
  std::string compare(std::uint64_t sessions);
  StatusFile file_;
  StatusFreshness freshness_;
  std::optional<base::Time> looked_at_;
  std::string problem_;  // of the file itself
  std::optional<std::uint64_t> listed_;
  unsigned differed_ = 0;  // looks in a row
  std::string difference_;
};

}  // namespace davylamp::openvpn
