// What several independent answers say together.
#pragma once

#include <vector>

#include "model/heartbeat.hpp"

namespace davylamp::probe {

// The address that more than half of the answers with any address name; two IPv6 addresses of one /64 are the same
// (hosts change the rest at will), and the one named most is told. None without such a majority: then `answered` and
// `answers` show the disagreement. Answers of a family that is not routed and has no address at all are left out.
model::ExitReport agree(bool routed, std::vector<model::LookupAnswer> answers);

}  // namespace davylamp::probe
