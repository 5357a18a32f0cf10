// E-mail by the operator's mail server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "contract/notifier.hpp"

namespace davylamp::notify {

struct EmailSettings {
  std::string server;        // "smtp://mail.example.org:587" (STARTTLS), "smtps://mail.example.org"
  bool tls_required = true;  // never in clear, also where the server offers no TLS
  std::optional<std::string> user;
  std::optional<std::string> password;  // a place as read_secret() has it
  std::optional<std::string> ca_file;
  std::string from;  // an address: "davylamp@example.org"
  std::vector<std::string> to;
  base::Milliseconds limit{30'000};
};

// Refused with a reply 5xx (RFC 5321, 4.2.1); again with 4xx, and when the server does not answer.
class EmailNotifier final : public contract::Notifier {
 public:
  using Stopping = std::function<bool()>;
  explicit EmailNotifier(EmailSettings settings, Stopping stopping = {});
  contract::Receipt send(const contract::Message& message) override;

 private:
  EmailSettings settings_;
  Stopping stopping_;
};

}  // namespace davylamp::notify
