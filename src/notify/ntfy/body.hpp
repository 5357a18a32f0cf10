// What an ntfy server is told.
#pragma once

#include <string>
#include <string_view>

#include "contract/notifier.hpp"

namespace davylamp::notify {

// ntfy turns a longer message into an attachment (docs.ntfy.sh/publish, "Limitations": 4,096 bytes).
inline constexpr std::size_t longest_ntfy_bytes = 4'000;

// "https://push.example.org/base/" and "topic" of "https://push.example.org/base/topic".
struct NtfyTarget {
  std::string server;
  std::string topic;
};
NtfyTarget ntfy_target(std::string_view url);

std::string ntfy_body(const contract::Message& message, const std::string& topic);

}  // namespace davylamp::notify
