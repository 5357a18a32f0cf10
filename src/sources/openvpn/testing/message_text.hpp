#pragma once

#include <string>

#include "sources/openvpn/management_message.hpp"

namespace davylamp::openvpn::testing {

// One line of text that holds everything a message says, to compare what two ways of decoding gave.
std::string message_text(const ManagementMessage& message);

// Collects the lines of all messages.
class RecordingSink final : public ManagementSink {
 public:
  void receive(const ManagementMessage& message) override {
    text_ += message_text(message);
    text_ += '\n';
  }
  const std::string& text() const { return text_; }
  std::string take() {
    std::string taken = std::move(text_);
    text_.clear();
    return taken;
  }

 private:
  std::string text_;
};

}  // namespace davylamp::openvpn::testing
