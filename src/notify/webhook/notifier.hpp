// Incidents as JSON to a URL of the operator's, signed.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "contract/notifier.hpp"
#include "io/http_client.hpp"

namespace davylamp::notify {

struct WebhookSettings {
  std::string url;
  std::optional<std::string> secret;  // a place as read_secret() has it; absent: nothing is signed
  std::optional<std::string> ca_file;
  base::Milliseconds limit{15'000};
};

// POST, with X-Davylamp-Timestamp (UNIX seconds of this try), Idempotency-Key (the delivery's id, the same at every
// try) and, with a secret, X-Davylamp-Signature: "sha256=" and HMAC-SHA256 in hex over the timestamp, a dot and the
// body.
class WebhookNotifier final : public contract::Notifier {
 public:
  WebhookNotifier(WebhookSettings settings, const base::Clock& clock, io::HttpClient::Stopping stopping = {});
  contract::Receipt send(const contract::Message& message) override;

 private:
  WebhookSettings settings_;
  const base::Clock& clock_;
  io::HttpClient client_;
};

}  // namespace davylamp::notify
