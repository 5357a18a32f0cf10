// Bytes as lowercase hexadecimal.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace davylamp::base {

// Two digits a byte.
std::string hexadecimal(std::string_view bytes);
inline std::string hexadecimal(std::span<const unsigned char> bytes) {
  return hexadecimal(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}
inline std::string hexadecimal(std::span<const std::byte> bytes) {
  return hexadecimal(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace davylamp::base
