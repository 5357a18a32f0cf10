// A limit in force, and how it stands for each subject that it binds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/quota/meter.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::core {

struct Rule;

// What a report touches comes first: it is two lines of the processor's cache.
struct alignas(64) Standing {
  std::uint64_t watch = 0;                                            // nothing to decide or tell while less is used
  model::TrafficDirection direction = model::TrafficDirection::both;  // the limit's
  bool moved = false;                                                 // since the last tick
  Meter meter;
  Rule* rule = nullptr;
  std::string user;  // empty: the group together
  std::vector<model::Grant> grants;
  std::unique_ptr<model::Reset> reset;
  std::optional<model::Counters> last;  // counted in the period before
  base::Time charged_until{};           // grants paid for the periods before
  std::uint64_t allowed = 0;
  std::size_t passed = 0;  // how many thresholds
  bool reached = false;
  base::Time reached_at{};
  base::Time report_at{};  // a report was ordered for then
  // What the viewers know.
  bool told = false;
  std::uint64_t told_used = 0;
  bool pending = false;  // is to be told at the next tick
  bool urgent = false;   // is to be told at the next take
  bool bound = false;    // for set_limits() only

  std::uint64_t used() const;
  // How much may still move before the user is stopped.
  std::uint64_t left() const;
  model::QuotaState state() const;
};

struct Rule {
  model::Limit limit;      // with its thresholds in order
  model::Limit laid_down;  // as it was given
  PeriodSpan span;
  std::vector<std::string> members;  // of the group, in order; empty for everyone
  std::vector<std::unique_ptr<Standing>> standings;
  std::optional<PeriodSpan> before;  // a period whose bytes should be read too
  std::optional<base::Time> due;     // when time alone changes something
  base::Time renewed_at{};
  std::uint64_t wanted_at = 0;  // the take after which stored usage is needed
  bool wanting = false;
  bool again = false;     // also of standings that were loaded
  bool complete = false;  // whoever has no standing here has moved nothing in this period
  bool quiet = false;     // what was passed before is not told again
  bool revised = false;   // since it was last told
  bool starting = false;  // since the program's start nothing was loaded

  bool is_pool() const { return limit.subject_kind == model::LimitSubject::group; }
  bool binds_everyone() const {
    return limit.subject_kind != model::LimitSubject::user && limit.subject == model::everyone;
  }
  bool in_force(base::Time now) const {
    return limit.period.kind != model::PeriodKind::once || !span.end || now < *span.end;
  }
};

}  // namespace davylamp::core
