#include "notify/webhook/notifier.hpp"

#include "notify/http_receipt.hpp"
#include "notify/secret.hpp"
#include "notify/webhook/body.hpp"

namespace davylamp::notify {

WebhookNotifier::WebhookNotifier(WebhookSettings settings, const base::Clock& clock, io::HttpClient::Stopping stopping)
    : settings_(std::move(settings)), clock_(clock), client_(std::move(stopping)) {}

contract::Receipt WebhookNotifier::send(const contract::Message& message) {
  const auto timestamp = std::to_string(base::to_unix_seconds(clock_.now()));
  io::HttpRequest request;
  request.url = settings_.url;
  request.ca_file = settings_.ca_file;
  request.limit = settings_.limit;
  request.body = webhook_body(message);
  request.headers = {"Content-Type: application/json", "X-Davylamp-Timestamp: " + timestamp,
                     "Idempotency-Key: " + std::to_string(message.delivery_id)};
  std::string secret;
  if (settings_.secret) {
    auto read = read_secret(*settings_.secret);
    if (!read) {
      return {.outcome = contract::Receipt::Outcome::try_again,
              .text = "the webhook's secret: " + read.error().message,
              .retry_after = std::nullopt};
    }
    secret = std::move(*read);
    request.headers.push_back("X-Davylamp-Signature: " + webhook_signature(secret, timestamp, *request.body));
  }
  auto receipt = receipt_of(client_.ask(request), "the webhook at " + host_of(settings_.url));
  receipt.text = without(std::move(receipt.text), secret);
  return receipt;
}

}  // namespace davylamp::notify
