// /etc/resolv.conf (resolv.conf(5)): whom the system asks. Parse only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace davylamp::probe {

// The first three name servers, as the C library takes them ("127.0.0.11", "fe80::1%eth0"); without any, 127.0.0.1.
std::vector<std::string> read_resolver_file(std::string_view text);

}  // namespace davylamp::probe
