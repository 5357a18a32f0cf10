// What must hold of [uplink].
#include <algorithm>

#include "app/config/rules.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint64_t least_spool_bytes = 1'048'576;
constexpr std::size_t fingerprint_digits = 64;

void check_path(const std::string& key, const std::optional<std::string>& path, std::vector<std::string>& problems) {
  if (path && !path->starts_with('/'))
    problems.push_back("uplink." + key + ": must be an absolute path, which begins with /");
}

void check_pair(const std::string& one_key, const std::optional<std::string>& one, const std::string& other_key,
                const std::optional<std::string>& other, std::vector<std::string>& problems) {
  if (one.has_value() == other.has_value()) return;
  problems.push_back("uplink." + (one ? other_key : one_key) + ": is missing, for uplink." +
                     (one ? one_key : other_key) + " is there; a certificate and its key go together");
}

// "hub.example.org:7443", "192.0.2.1:7443", "[2001:db8::1]:7443".
bool is_gateway(std::string_view place) {
  const auto colon = place.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto host = place.substr(0, colon);
  const auto port = base::parse_number<std::uint16_t>(place.substr(colon + 1));
  if (!port || *port == 0) return false;
  if (host.starts_with('[')) return host.ends_with(']') && host.size() > 2;
  return host.find(':') == std::string_view::npos && host.find(' ') == std::string_view::npos;
}

void check_connect(const UplinkConfig& uplink, std::vector<std::string>& problems) {
  if (!uplink.connect) return;
  for (const auto part : base::split(*uplink.connect, ',')) {
    if (is_gateway(base::trim(part))) continue;
    problems.push_back("uplink.connect: \"" + base::printable(base::trim(part)) +
                       "\" is not a host and a port such as hub.example.org:7443; several are separated by commas");
  }
  if (!uplink.token_file)
    problems.emplace_back(
        "uplink.token_file: is missing: davylamp node enrol NAME, on the daemon's host, prints the token that belongs "
        "into it");
}

}  // namespace

std::vector<std::string> broken_uplink_rules(const Config& config) {
  std::vector<std::string> problems;
  const auto& uplink = config.uplink;
  if (uplink.listen) {
    if (const auto listen = parse_listen(*uplink.listen); !listen)
      problems.push_back("uplink.listen: " + listen.error().message);
  }
  check_connect(uplink, problems);
  check_pair("tls_certificate", uplink.tls_certificate, "tls_key", uplink.tls_key, problems);
  check_pair("certificate_file", uplink.certificate_file, "key_file", uplink.key_file, problems);
  check_path("tls_certificate", uplink.tls_certificate, problems);
  check_path("tls_key", uplink.tls_key, problems);
  check_path("client_ca_file", uplink.client_ca_file, problems);
  check_path("token_file", uplink.token_file, problems);
  check_path("ca_file", uplink.ca_file, problems);
  check_path("certificate_file", uplink.certificate_file, problems);
  check_path("key_file", uplink.key_file, problems);
  check_path("spool_directory", uplink.spool_directory, problems);
  if (uplink.fingerprint) {
    const auto is_digit = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    const auto digits = std::ranges::count_if(*uplink.fingerprint, is_digit);
    const auto others = std::ranges::count_if(*uplink.fingerprint, [&](char c) { return !is_digit(c) && c != ':'; });
    if (digits != fingerprint_digits || others != 0)
      problems.emplace_back("uplink.fingerprint: must be the SHA-256 that davylampd logs: 64 digits, colons allowed");
  }
  if (uplink.spool_bytes < least_spool_bytes)
    problems.emplace_back("uplink.spool_bytes: must be at least 1048576, which is a megabyte");
  return problems;
}

}  // namespace davylamp::app
