#include "notify/ntfy/notifier.hpp"

#include "notify/http_receipt.hpp"
#include "notify/ntfy/body.hpp"
#include "notify/secret.hpp"

namespace davylamp::notify {

NtfyNotifier::NtfyNotifier(NtfySettings settings, io::HttpClient::Stopping stopping)
    : settings_(std::move(settings)), client_(std::move(stopping)) {}

contract::Receipt NtfyNotifier::send(const contract::Message& message) {
  const auto target = ntfy_target(settings_.url);
  io::HttpRequest request;
  request.url = target.server;
  request.ca_file = settings_.ca_file;
  request.limit = settings_.limit;
  request.body = ntfy_body(message, target.topic);
  request.headers = {"Content-Type: application/json"};
  std::string token;
  if (settings_.token) {
    auto read = read_secret(*settings_.token);
    if (!read) {
      return {.outcome = contract::Receipt::Outcome::try_again,
              .text = "ntfy's token: " + read.error().message,
              .retry_after = std::nullopt};
    }
    token = std::move(*read);
    request.headers.push_back("Authorization: Bearer " + token);
  }
  auto receipt = receipt_of(client_.ask(request), "ntfy at " + host_of(settings_.url));
  receipt.text = without(std::move(receipt.text), token);
  return receipt;
}

}  // namespace davylamp::notify
