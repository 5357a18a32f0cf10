#include "api/auth/tickets.hpp"

#include <boost/describe.hpp>

#include "api/auth/keyed_hash.hpp"
#include "api/auth/token_text.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_bytes = 2048;

struct Content {
  std::string subject;
  base::Time expires_at{};
  std::string nonce;  // no two are alike
};
BOOST_DESCRIBE_STRUCT(Content, (), (subject, expires_at, nonce))

}  // namespace

Tickets::Tickets(std::string_view key, std::string_view purpose)
    : key_(hmac_sha256(key, "davylamp ticket " + std::string(purpose))) {}

std::string Tickets::issue(std::string_view subject, base::Time expires_at) const {
  const auto text = to_base64url(base::json::write(Content{std::string(subject), expires_at, random_token()}));
  return text + "." + to_base64url(hmac_sha256(key_, text));
}

std::optional<std::string> Tickets::redeem(std::string_view ticket, base::Time now) const {
  const auto dot = ticket.rfind('.');
  if (ticket.size() > most_bytes || dot == std::string_view::npos) return std::nullopt;
  const auto text = ticket.substr(0, dot);
  const auto mac = from_base64url(ticket.substr(dot + 1));
  if (!mac || !same_secret(*mac, hmac_sha256(key_, text))) return std::nullopt;
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  auto content = base::json::read<Content>(*bytes);
  if (!content || content->expires_at <= now) return std::nullopt;
  return std::move(content->subject);
}

std::string Tickets::derived(std::string_view ticket, std::string_view what) const {
  return to_base64url(hmac_sha256(key_, std::string(what) + " of " + std::string(ticket)));
}

}  // namespace davylamp::api
