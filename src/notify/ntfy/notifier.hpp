// Push messages by ntfy (ntfy.sh, or a server of the operator's).
#pragma once

#include <optional>
#include <string>

#include "contract/notifier.hpp"
#include "io/http_client.hpp"

namespace davylamp::notify {

struct NtfySettings {
  std::string url;                   // with the topic: "https://ntfy.sh/my-topic"
  std::optional<std::string> token;  // a place as read_secret() has it
  std::optional<std::string> ca_file;
  base::Milliseconds limit{15'000};
};

// Publishes as JSON to the server's root, so that titles may be in any script (https://docs.ntfy.sh/publish/
// #publish-as-json).
class NtfyNotifier final : public contract::Notifier {
 public:
  explicit NtfyNotifier(NtfySettings settings, io::HttpClient::Stopping stopping = {});
  contract::Receipt send(const contract::Message& message) override;

 private:
  NtfySettings settings_;
  io::HttpClient client_;
};

}  // namespace davylamp::notify
