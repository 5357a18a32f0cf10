// Which hosts and origins a request may name. The first stops DNS rebinding (a page of a stranger's whose name resolves
// to this machine), the second cross-site requests from a browser.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"

namespace davylamp::api {

struct HostRules {
  bool loopback = true;            // the server listens on a loopback address: only names of this machine are expected
  std::vector<std::string> names;  // accepted besides, without port
};

// The names of this machine (localhost, 127.0.0.1, ::1, with any port) and `names` are accepted always. On loopback
// nothing else is. Elsewhere an address is accepted too, and any name as long as none is configured.
bool host_allowed(const HostRules& rules, std::string_view host_header);

// True when a browser's Origin is another site's: its host and port are not those of Host, or it is "null". A request
// without Origin (not a browser, or a plain navigation) is fine.
bool origin_is_foreign(std::string_view origin_header, std::string_view host_header);

// Whether the method changes something, so that the origin matters.
bool changes_state(Method method);

}  // namespace davylamp::api
