// What is ordered when a limit is about to be reached: a report in time, and a stop in the kernel.
#pragma once

#include <vector>

#include "core/quota/quota_book.hpp"
#include "core/session_tracker.hpp"
#include "model/command.hpp"

namespace davylamp::core {

class NearLimit {
 public:
  // About once a second. Appends to `commands`.
  void tick(QuotaBook& book, const SessionTracker& sessions, base::Time now, std::vector<model::Command>& commands);

 private:
  // Where the present rates reach the limit within a minute, every source of the subject's sessions is to report then.
  static void order_report(Standing& standing, const QuotaBook& book, const SessionTracker& sessions, base::Time now,
                           std::vector<model::Command>& commands);
  // Sessions whose subject has less than a tenth or less than 1 GB left: what 1 Gbit/s moves between two reports is in
  // that order. All sessions of a subject may each move what is left of it.
  void order_stops(const QuotaBook& book, const SessionTracker& sessions, base::Time now,
                   std::vector<model::Command>& commands);

  std::vector<model::KernelStop> stops_;
  base::Time stops_at_{};
};

}  // namespace davylamp::core
