#include "notify/webhook/body.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/describe.hpp>
#include <span>

#include "base/codec.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"

namespace davylamp::notify {
namespace {

struct Body {
  std::string kind = "notice";
  std::uint64_t delivery_id = 0;
  model::NoticeKind notice = model::NoticeKind::fired;
  model::Severity severity = model::Severity::notice;
  std::string title;
  std::string text;
  base::Time at{};
  std::optional<model::Incident> incident;
};
BOOST_DESCRIBE_STRUCT(Body, (), (kind, delivery_id, notice, severity, title, text, at, incident))

}  // namespace

std::string webhook_body(const contract::Message& message) {
  Body body;
  body.delivery_id = message.delivery_id;
  body.notice = message.notice;
  body.severity = message.severity;
  body.title = base::to_utf8(message.title);
  body.text = base::to_utf8(message.text);
  body.at = message.at;
  if (message.notice != model::NoticeKind::test) body.incident = message.incident;
  return base::json::write(body);
}

std::string webhook_signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
  std::string signed_text(timestamp);
  signed_text += '.';
  signed_text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &size);
  return "sha256=" + base::hexadecimal(std::span(digest).first(size));
}

}  // namespace davylamp::notify
