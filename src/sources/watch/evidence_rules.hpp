// Do witnesses agree? Their bytes are brought to one layer and compared.
#pragma once

#include <span>
#include <string>

#include "model/evidence.hpp"
#include "model/flow.hpp"

namespace davylamp::watch {

// What a witness saw of a peer, over the time that is compared.
struct Sighting {
  std::string kind;
  model::CountedLayer layer = model::CountedLayer::ip;
  model::FlowCounters udp;
  model::FlowCounters tcp;
  bool looks_at_udp = true;  // a witness of sockets sees TCP only
  base::Time told_at{};      // when the last of it was read
};

struct Comparison {
  bool v4 = true;              // the peer's address: how long an IP header is
  model::Counters per_second;  // how fast it moved lately: what can have moved between two readings
  model::Counters slack;       // bytes that may lie between readings for another reason
};

// IP and UDP, or IP and TCP headers are taken off by packets: 28 and 48 bytes for UDP, 52 and 72 for TCP with the usual
// time stamps (12 bytes a packet are allowed for, as not every one has them).
model::Counters payload_of(const Sighting& sighting, bool v4);

// `sightings`: the one that counts first; those that saw nothing of the peer are not among them. Two agree within 2 %,
// 64 KiB and what can have moved between the two readings.
model::Evidence compare(std::span<const Sighting> sightings, std::uint32_t asked, const Comparison& comparison);

// Whether one who looked at `before` should be shown `now`.
bool worth_telling(const model::Evidence& before, const model::Evidence& now);

}  // namespace davylamp::watch
