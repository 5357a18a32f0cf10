#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/openvpn/management_message.hpp"

namespace davylamp::openvpn {

// Collects the `ENV,name=value` lines of one block. Secrets are never copied into it. Bounded: what goes beyond is
// counted.
class EnvironmentBlock {
 public:
  static constexpr std::size_t most_entries = 256;
  static constexpr std::size_t most_bytes = 64 * 1024;

  void clear();
  // `assignment` is `name=value`; false when there is no name.
  bool add(std::string_view assignment);
  // Valid until the next add() or clear().
  std::span<const EnvironmentEntry> entries();
  std::size_t secrets_dropped() const { return secrets_dropped_; }
  std::size_t entries_dropped() const { return entries_dropped_; }

 private:
  struct Range {
    std::size_t name_at;
    std::size_t name_size;
    std::size_t value_size;
  };

  std::string text_;
  std::vector<Range> ranges_;
  std::vector<EnvironmentEntry> entries_;
  std::size_t secrets_dropped_ = 0;
  std::size_t entries_dropped_ = 0;
};

}  // namespace davylamp::openvpn
