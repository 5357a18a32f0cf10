// What providers answer who are asked for one's own public address. Parse only.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string_view>

#include "model/heartbeat.hpp"
#include "probe/family.hpp"

namespace davylamp::probe {

enum class Provider : std::uint8_t { ipinfo, cloudflare, ip_api, hub };
BOOST_DESCRIBE_ENUM(Provider, ipinfo, cloudflare, ip_api, hub)

// As heartbeats name it: "ip-api".
std::string_view provider_name(Provider provider);

// `body` of an answer with `status`. The answer has an address only when it is public and of `family`; else it has an
// `error`, a sentence. Never throws. ipinfo.io/json, Cloudflare's /cdn-cgi/trace, ip-api.com/json, the hub's
// /api/v1/my-address.
model::LookupAnswer read_lookup(Provider provider, Family family, unsigned status, std::string_view body);

}  // namespace davylamp::probe
