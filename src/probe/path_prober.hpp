// Measures paths: a row of probes to each target, one after another.
#pragma once

#include "base/time.hpp"
#include "io/task.hpp"
#include "model/heartbeat.hpp"
#include "probe/host_names.hpp"
#include "probe/path_target.hpp"

namespace davylamp::probe {

struct ProbeRow {
  unsigned probes = 10;
  base::Milliseconds apart{300};  // from one probe to the next, when the answer comes earlier
  base::Milliseconds lost_after{1'000};
};

// Never throws but when it is cancelled. A name that has no address is a target to which nothing came back. A refused
// TCP connection is an answer. Needs no privilege; ping sockets are allowed by net.ipv4.ping_group_range.
io::Task<model::PathReport> measure_path(HostNames& names, PathTarget target, ProbeRow row);

}  // namespace davylamp::probe
