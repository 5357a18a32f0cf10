#include "api/origin_rules.hpp"

#include <algorithm>

#include "api/request_target.hpp"
#include "base/text.hpp"
#include "model/address.hpp"

namespace davylamp::api {

bool host_allowed(const HostRules& rules, std::string_view host_header) {
  const auto authority = parse_authority(host_header);
  if (!authority) return false;
  const auto& host = authority->host;
  if (host == "localhost" || host == "127.0.0.1" || host == "::1") return true;
  const auto same = [&host](const std::string& name) { return base::to_lower(name) == host; };
  if (std::ranges::any_of(rules.names, same)) return true;
  if (rules.loopback) return false;
  return rules.names.empty() || model::Address::parse(host).has_value();
}

bool origin_is_foreign(std::string_view origin_header, std::string_view host_header) {
  if (origin_header.empty()) return false;
  const auto scheme_end = origin_header.find("://");
  if (scheme_end == std::string_view::npos) return true;
  const auto scheme = origin_header.substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") return true;
  auto origin = parse_authority(origin_header.substr(scheme_end + 3));
  auto host = parse_authority(host_header);
  if (!origin || !host) return true;
  // Browsers leave out the scheme's own port in both headers; a proxy may add it in Host.
  const std::uint16_t own_port = scheme == "https" ? 443 : 80;
  return origin->host != host->host || origin->port.value_or(own_port) != host->port.value_or(own_port);
}

bool changes_state(Method method) {
  return method != Method::get && method != Method::head && method != Method::options;
}

}  // namespace davylamp::api
