#include "notify/email/notifier.hpp"

#include <utility>

#include "notify/email/letter.hpp"
#include "notify/email/smtp.hpp"
#include "notify/secret.hpp"

namespace davylamp::notify {

EmailNotifier::EmailNotifier(EmailSettings settings, Stopping stopping)
    : settings_(std::move(settings)), stopping_(std::move(stopping)) {}

contract::Receipt EmailNotifier::send(const contract::Message& message) {
  SmtpOrder order{.server = settings_.server,
                  .tls_required = settings_.tls_required,
                  .user = settings_.user,
                  .password = {},
                  .ca_file = settings_.ca_file,
                  .from = settings_.from,
                  .to = settings_.to,
                  .letter = letter(message, {.from = settings_.from, .to = settings_.to}),
                  .limit = settings_.limit};
  if (settings_.password) {
    auto password = read_secret(*settings_.password);
    if (!password) {
      return {.outcome = contract::Receipt::Outcome::try_again,
              .text = "the password for mail: " + password.error().message,
              .retry_after = std::nullopt};
    }
    order.password = std::move(*password);
  }
  auto receipt = hand_over(order, stopping_);
  receipt.text = without(std::move(receipt.text), order.password);
  return receipt;
}

}  // namespace davylamp::notify
