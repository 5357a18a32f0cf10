// Sessions, servers and events that look like real ones; all addresses are of documentation ranges.
#pragma once

#include <string>

#include "model/change.hpp"

namespace davylamp::api::testing {

// At ManualClock's start.
inline constexpr base::Time sample_now = base::from_unix_seconds(1'795'000'000);

struct SampleSession {
  model::SessionId id = 1;
  std::string user = "alice";
  std::string server = "fra-1";
  std::string country_code = "DE";
};
// Opened `id` minutes ago; rates and counters grow with the id. Without a country code it has a private address.
model::Session sample_session(const SampleSession& sample);
// The same, closed `id` seconds ago.
model::Session sample_closed(const SampleSession& sample);
model::Server sample_server(const std::string& name);
model::Event sample_event(std::uint64_t id);

}  // namespace davylamp::api::testing
