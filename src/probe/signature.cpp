#include "probe/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <array>
#include <span>
#include <vector>

#include "base/hexadecimal.hpp"
#include "base/result.hpp"

namespace davylamp::probe {
std::string sign(std::string_view token, const SignedText& text) {
  std::string message(text.timestamp);
  message += '.';
  message += text.nonce;
  message += '.';
  message += text.body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned size = 0;
  HMAC(EVP_sha256(), token.data(), static_cast<int>(token.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), code.data(), &size);
  return "v1=" + base::hexadecimal(std::span(code).first(size));
}

std::string random_text(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    throw base::Failure("random", "the system has no random bytes");
  return base::hexadecimal(random);
}

}  // namespace davylamp::probe
