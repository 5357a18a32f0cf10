#include "probe/echo_message.hpp"

#include <cstring>

namespace davylamp::probe {
namespace {

constexpr std::byte question_v4{8};
constexpr std::byte reply_v4{0};
constexpr std::byte question_v6{128};
constexpr std::byte reply_v6{129};
constexpr std::size_t sequence_at = 6;
constexpr std::size_t cookie_at = 8;

}  // namespace

std::array<std::byte, echo_bytes> echo_question(Family family, std::uint16_t sequence, std::uint64_t cookie) {
  std::array<std::byte, echo_bytes> message{};
  message[0] = family == Family::v4 ? question_v4 : question_v6;
  message[sequence_at] = static_cast<std::byte>(sequence >> 8U);
  message[sequence_at + 1] = static_cast<std::byte>(sequence & 0xffU);
  std::memcpy(message.data() + cookie_at, &cookie, sizeof cookie);
  return message;
}

std::optional<std::uint16_t> read_echo_reply(Family family, std::span<const std::byte> message, std::uint64_t cookie) {
  if (message.size() < echo_bytes || message[0] != (family == Family::v4 ? reply_v4 : reply_v6)) return std::nullopt;
  if (std::memcmp(message.data() + cookie_at, &cookie, sizeof cookie) != 0) return std::nullopt;
  const auto high = static_cast<unsigned>(message[sequence_at]);
  return static_cast<std::uint16_t>(high << 8U | static_cast<unsigned>(message[sequence_at + 1]));
}

}  // namespace davylamp::probe
