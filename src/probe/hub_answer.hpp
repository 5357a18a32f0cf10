// What the hub says to reports. Parse only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/address.hpp"

namespace davylamp::probe {

// What the hub wants from now on; what is absent stays as it was.
struct NextReport {
  std::optional<std::uint32_t> interval_seconds;  // 5 seconds to a day; others are not heeded
  std::optional<std::string> canary_zone;
  bool test_again = false;  // look-ups, resolver and paths at once
  bool operator==(const NextReport&) const = default;
};

struct HubAnswer {
  std::optional<base::Time> server_time;
  std::optional<model::Address> address;  // from which the hub was called
  std::optional<std::string> message;     // of a refusal
  NextReport next;
};

// Never fails: of what is not JSON, or has other types, nothing is taken. `server_time` may be UNIX seconds or text
// like "2026-11-21T16:20:00Z" (VPN Sentinel's servers).
HubAnswer read_hub_answer(std::string_view body);

// "Sat, 21 Nov 2026 16:20:00 GMT" (RFC 9110, IMF-fixdate).
std::optional<base::Time> read_http_date(std::string_view text);

struct Enrolment {
  std::string name;
  std::string token;
};
// Error "bad_answer": no name or token in it.
base::Result<Enrolment> read_enrolment(std::string_view body);

}  // namespace davylamp::probe
