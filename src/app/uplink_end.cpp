#include "app/uplink_end.hpp"

#include <string>

#include "io/certificate.hpp"

namespace davylamp::app {

std::function<api::UplinkEnd()> uplink_end_of(const Config& config) {
  if (!config.uplink.listen) return {};
  const auto listen = parse_listen(*config.uplink.listen);
  if (!listen) return {};
  // Without one of its own, the daemon makes this when it first lets collectors in.
  const auto made = config.node.state_directory + "/uplink/certificate.pem";
  return [end = api::UplinkEnd{listen->port.value_or(0), {}},
          path = config.uplink.tls_certificate.value_or(made)]() mutable {
    if (end.fingerprint_sha256) return end;
    try {
      end.fingerprint_sha256 = io::certificate_fingerprint(path);
    } catch (const base::Failure&) {
      return end;
    }
    return end;
  };
}

}  // namespace davylamp::app
