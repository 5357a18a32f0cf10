// Finds out which resolvers really ask on this host's behalf, by questions through the system's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/task.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::probe {

struct ResolverQuestions {
  std::vector<std::string> resolvers;      // whom the system asks
  bool whoami = true;                      // also ask names of Google and Akamai that answer who asked
  std::optional<std::string> canary_zone;  // three names below it, never asked for before: "<n>-<id>.<zone>"
  std::string canary_id;                   // of this probe, new each time
};

// Never throws but when it is cancelled. Where a web request comes from says nothing of this.
io::Task<model::ResolverReport> probe_resolver(ResolverQuestions questions);

}  // namespace davylamp::probe
