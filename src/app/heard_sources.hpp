// Which sources are silent, where collectors are programs of their own: their health comes every few seconds, so one
// that is not heard of is looked at by nobody.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/ledger.hpp"

namespace davylamp::app {

class HeardSources {
 public:
  // Collectors tell the health of each source at least so often (app/collect).
  static constexpr base::Seconds told_every{10};
  static constexpr base::Seconds silent_after{30};

  // Those of which a checkpoint knows that they were looked at are waited for from now on.
  void restore(const model::Checkpoint& checkpoint, base::Time now);
  void hear(const model::SourceId& source, base::Time now) { heard_at_[source] = now; }
  // In order; a clock that was set back silences nobody.
  std::vector<model::SourceId> silent(base::Time now);

 private:
  std::map<model::SourceId, base::Time> heard_at_;
};

}  // namespace davylamp::app
