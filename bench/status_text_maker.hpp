#pragma once

#include <cstdint>
#include <string>

namespace davylamp::bench {

// A version 3 status text of OpenVPN 2.6 with `clients` clients: 15 % with an IPv6 real address, 30 % with a virtual
// IPv6 address. The same bytes for the same number, about 250 per client.
std::string make_status_text(std::uint64_t clients);

// `lines` lines `>BYTECOUNT_CLI:…` with growing counters.
std::string make_byte_counts(std::uint64_t lines);

}  // namespace davylamp::bench
