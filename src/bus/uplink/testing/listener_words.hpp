// What a listener said, kept for a test.
#pragma once

#include <string>
#include <vector>

#include "bus/uplink/listener.hpp"

namespace davylamp::uplink {

struct ListenerWords : ListenerLog {
  void arrived(const std::string& node, const std::string&) override { came.push_back(node); }
  void left(const std::string&, const std::string& text) override { went.push_back(text); }
  void turned_away(const std::string& text) override { refused.push_back(text); }
  void clock_is_off(const std::string&, const std::string& text) override { clocks.push_back(text); }
  std::vector<std::string> came;  // nodes
  std::vector<std::string> went;
  std::vector<std::string> refused;
  std::vector<std::string> clocks;
};

}  // namespace davylamp::uplink
