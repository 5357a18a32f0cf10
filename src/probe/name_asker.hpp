// Asks the system's resolvers over UDP, and over TCP what does not fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/task.hpp"
#include "probe/dns_message.hpp"

namespace davylamp::probe {

// Each resolver in turn, with two seconds, until one answers, as the C library does it. `resolvers` as in
// /etc/resolv.conf; ":port" may follow ("127.0.0.1:5353", "[::1]:53"). Error "no_answer".
io::Task<base::Result<DnsAnswer>> ask_resolvers(std::vector<std::string> resolvers, std::string name, DnsType type);

}  // namespace davylamp::probe
