// Names whose answer is who asked: they show which resolver really asks on one's behalf. Parse only.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/heartbeat.hpp"
#include "probe/dns_message.hpp"

namespace davylamp::probe {

// TXT: the address that asked Google's servers, and "edns0-client-subnet ..." when it passed one on (RFC 7871).
inline constexpr std::string_view google_whoami = "o-o.myaddr.l.google.com";
// A: the address that asked Akamai's servers.
inline constexpr std::string_view akamai_whoami = "whoami.akamai.net";

// Each public address once; a subnet goes to each of them, and is never taken for the resolver. Nothing that is not an
// address or a subnet is passed on.
std::vector<model::ResolverSighting> read_google_whoami(const DnsAnswer& answer);
std::vector<model::ResolverSighting> read_akamai_whoami(const DnsAnswer& answer);

}  // namespace davylamp::probe
