#include "notify/secret.hpp"

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"

namespace davylamp::notify {
namespace {

constexpr std::size_t longest_secret_bytes = 4'096;
constexpr std::string_view of_environment = "env:";

base::Result<std::string> usable(std::string_view secret, const std::string& place) {
  const auto trimmed = base::trim(secret);
  if (trimmed.empty()) return base::fail("no_secret", place + " is empty; write the secret into it");
  for (const char c : trimmed) {
    if (static_cast<unsigned char>(c) < 0x21 || c == 0x7f) {
      return base::fail("no_secret", place + " holds spaces or control characters; its first line is to be the secret");
    }
  }
  return std::string(trimmed);
}

}  // namespace

base::Result<std::string> read_secret(const std::string& place) {
  if (place.starts_with(of_environment)) {
    const auto* value = std::getenv(place.substr(of_environment.size()).c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return base::fail("no_secret", "the variable " + place.substr(4) + " is not set");
    return usable(value, "the variable " + place.substr(4));
  }
  std::ifstream file(place, std::ios::binary);
  if (!file) return base::fail("no_secret", place + " cannot be read; make it readable for the daemon's user");
  std::string line(longest_secret_bytes, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(file.gcount()));
  return usable(std::string_view(line).substr(0, line.find('\n')), place);
}

std::string without(std::string text, std::string_view secret) {
  if (secret.empty()) return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "(secret)");
    at += 8;
  }
  return text;
}

}  // namespace davylamp::notify
