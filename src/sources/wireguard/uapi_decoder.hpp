// Parses: the answer to `get=1` of WireGuard's cross-platform userspace interface
// (https://www.wireguard.com/xplatform/), as wireguard-go and others write it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

// Fed piece by piece; what it is given may be wiped as soon as take() returns: it keeps no text, and of private and
// preshared keys not even their lines.
class UapiDecoder {
 public:
  // `device` must outlive it; it is not cleared.
  explicit UapiDecoder(Device& device) : device_(device) {}
  // The longest line that an answer can have; one that is longer is a problem.
  static constexpr std::size_t most_line_bytes = 4096;

  // Takes whole lines up to the end of the answer and returns how many bytes they were; the rest must be given again,
  // with more behind it. After finished() nothing is taken.
  std::size_t take(std::string_view bytes);
  // The empty line behind `errno=` was read.
  bool finished() const { return finished_; }
  // What `errno=` said; nothing until then. 0: the device is whole.
  std::optional<int> error() const { return error_; }

 private:
  void line(std::string_view line);
  void device_word(std::string_view name, std::string_view value);
  void peer_word(std::string_view name, std::string_view value);
  template <class T>
  void number(std::string_view value, T& into, std::string_view what);
  void handshake_part(std::string_view value, bool nanoseconds);

  Device& device_;
  bool in_peer_ = false;
  bool skip_peer_ = false;  // its key was none: what follows belongs to nobody
  bool finished_ = false;
  std::optional<int> error_;
};

}  // namespace davylamp::wireguard
