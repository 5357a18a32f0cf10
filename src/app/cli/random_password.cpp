#include "app/cli/random_password.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace davylamp::app {
namespace {

constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t letter_count = 20;
constexpr std::size_t group_size = 5;

}  // namespace

std::string random_password() {
  // Bytes beyond the last whole round of the alphabet would favour its beginning.
  constexpr std::size_t fair = 256 / letters.size() * letters.size();
  std::string password;
  std::size_t count = 0;
  while (count < letter_count) {
    std::array<unsigned char, 32> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    for (const auto byte : bytes) {
      if (byte >= fair || count == letter_count) continue;
      if (count != 0 && count % group_size == 0) password += '-';
      password += letters[byte % letters.size()];
      ++count;
    }
  }
  return password;
}

}  // namespace davylamp::app
