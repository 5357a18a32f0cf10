#include "api/auth/totp.hpp"

#include <algorithm>
#include <array>

#include "api/auth/keyed_hash.hpp"
#include "api/auth/token_text.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
// Without those that are taken for one another.
constexpr std::string_view recovery_alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
constexpr std::uint64_t step_seconds = 30;

unsigned byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

}  // namespace

std::string to_base32(std::string_view bytes) {
  std::string text;
  std::uint64_t bits = 0;
  int count = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bits = (bits << 8U) | byte_at(bytes, i);
    for (count += 8; count >= 5; count -= 5) text += alphabet[(bits >> static_cast<unsigned>(count - 5)) & 31U];
  }
  if (count > 0) text += alphabet[(bits << static_cast<unsigned>(5 - count)) & 31U];
  return text;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string bytes;
  std::uint64_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5U) | value;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  if (to_base32(bytes) != text) return std::nullopt;
  return bytes;
}

std::string one_time_code(std::string_view secret, std::uint64_t counter, int digits) {
  std::string message(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) message[7 - i] = static_cast<char>((counter >> (8U * i)) & 0xFFU);
  const auto hash = hmac_sha1(secret, message);
  const auto offset = byte_at(hash, hash.size() - 1) & 15U;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | byte_at(hash, offset + i);
  value &= 0x7FFF'FFFFU;
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto place = code.rbegin(); place != code.rend(); ++place, value /= 10)
    *place = static_cast<char>('0' + value % 10);
  return code;
}

std::uint64_t step_of(base::Time at) {
  const auto seconds = std::chrono::floor<base::Seconds>(at.time_since_epoch()).count();
  return seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds) / step_seconds;
}

std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code, base::Time now) {
  const auto raw = from_base32(secret);
  if (!raw || raw->empty()) return std::nullopt;
  const auto step = step_of(now);
  std::optional<std::uint64_t> found;
  for (const auto wanted : {step, step == 0 ? 0 : step - 1, step + 1}) {
    if (same_secret(one_time_code(*raw, wanted), code) && !found) found = wanted;
  }
  return found;
}

std::string random_secret() {
  return to_base32(random_bytes().substr(0, 20));
}

std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view secret) {
  return "otpauth://totp/" + base::percent_encoded(issuer) + ":" + base::percent_encoded(account) +
         "?secret=" + std::string(secret) + "&issuer=" + base::percent_encoded(issuer) +
         "&algorithm=SHA1&digits=6&period=30";
}

std::vector<std::string> random_recovery_codes() {
  constexpr std::size_t codes = 10;
  std::vector<std::string> made;
  while (made.size() < codes) {
    const auto bytes = random_bytes();
    std::string code;
    for (std::size_t i = 0; i < 10; ++i) {
      if (i == 5) code += '-';
      code += recovery_alphabet[byte_at(bytes, i) % recovery_alphabet.size()];
    }
    made.push_back(std::move(code));
  }
  return made;
}

std::string plain_code(std::string_view typed) {
  auto plain = base::to_lower(typed);
  std::erase_if(plain, [](char c) { return c == ' ' || c == '-' || c == '\t'; });
  return plain;
}

bool is_totp_code(std::string_view plain) {
  return plain.size() == 6 && std::ranges::all_of(plain, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace davylamp::api
