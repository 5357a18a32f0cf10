#include "directory/oidc/id_token.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "directory/oidc/json_object.hpp"
#include "directory/oidc/signature.hpp"

namespace davylamp::directory {
namespace {

namespace json = boost::json;

constexpr std::size_t most_token_bytes = 65'536;
constexpr std::size_t most_name_bytes = 64;
constexpr std::size_t most_groups = 1'000;

std::unexpected<base::Error> refused(const std::string& what) {
  return base::fail("refused", "the provider's ID token " + what);
}

// A text, or a list of texts.
std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(name);
  if (value == nullptr) return texts;
  if (value->is_string()) texts.emplace_back(value->get_string());
  if (!value->is_array()) return texts;
  for (const auto& item : value->get_array()) {
    if (item.is_string() && texts.size() < most_groups) texts.emplace_back(item.get_string());
  }
  return texts;
}

std::optional<base::Time> time_of(const json::object& object, std::string_view name) {
  constexpr double latest = 253'402'300'799;  // the end of the year 9999
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds <= latest)) return std::nullopt;
  return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
}

bool key_fits(const json::object& key, const std::string& algorithm, std::string_view text,
              std::string_view signature) {
  const auto number = [&](std::string_view name) { return from_base64url(text_of(key, name)).value_or(""); };
  const auto use = text_of(key, "use");
  if (!use.empty() && use != "sig") return false;
  if (algorithm == "RS256" && text_of(key, "kty") == "RSA")
    return rs256_fits(number("n"), number("e"), text, signature);
  if (algorithm == "ES256" && text_of(key, "kty") == "EC" && text_of(key, "crv") == "P-256")
    return es256_fits(number("x"), number("y"), text, signature);
  return false;
}

bool any_key_fits(std::string_view keys, const json::object& header, std::string_view text,
                  std::string_view signature) {
  const auto document = parse_object(keys);
  const auto* list = document ? document->if_contains("keys") : nullptr;
  if (list == nullptr || !list->is_array()) return false;
  const auto wanted = text_of(header, "kid");
  return std::ranges::any_of(list->get_array(), [&](const json::value& key) {
    if (!key.is_object()) return false;
    const auto id = text_of(key.get_object(), "kid");
    const bool named = wanted.empty() || id.empty() || id == wanted;
    return named && key_fits(key.get_object(), text_of(header, "alg"), text, signature);
  });
}

// What is wrong with the claims; empty: nothing.
std::string objection(const json::object& claims, const TokenRules& rules) {
  if (text_of(claims, "iss") != rules.issuer) return "is of another issuer";
  const auto audience = texts_of(claims, "aud");
  if (std::ranges::find(audience, rules.client_id) == audience.end()) return "is for another client";
  const bool names_party = claims.contains("azp");
  if (audience.size() > 1 && !names_party) return "is for several clients and does not say who asked";
  if (names_party && text_of(claims, "azp") != rules.client_id) return "was asked for by another client";
  const auto expires_at = time_of(claims, "exp");
  if (!expires_at || *expires_at + rules.leeway <= rules.now) return "has run out: compare the clocks";
  const auto issued_at = time_of(claims, "iat");
  if (!issued_at || *issued_at > rules.now + rules.leeway) return "is from the future: compare the clocks";
  const auto not_before = time_of(claims, "nbf");
  if (not_before && *not_before > rules.now + rules.leeway) return "does not count yet: compare the clocks";
  if (rules.nonce.empty() || text_of(claims, "nonce") != rules.nonce) return "was made for another sign-on";
  return {};
}

}  // namespace

base::Result<Claims> read_id_token(std::string_view token, std::string_view keys, const TokenRules& rules) {
  const auto parts = base::split(token, '.');
  if (token.size() > most_token_bytes || parts.size() != 3) return refused("has not the form of one");
  const auto header_text = from_base64url(parts[0]);
  const auto claims_text = from_base64url(parts[1]);
  const auto signature = from_base64url(parts[2]);
  const auto header = header_text ? parse_object(*header_text) : std::nullopt;
  const auto claims = claims_text ? parse_object(*claims_text) : std::nullopt;
  if (!header || !claims || !signature) return refused("has not the form of one");
  const auto algorithm = text_of(*header, "alg");
  if (algorithm != "RS256" && algorithm != "ES256")
    return refused("is signed by " + base::printable(algorithm) + ", not by RS256 or ES256");
  if (header->contains("crit")) return refused("demands what is not known here");
  const auto signed_part = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!any_key_fits(keys, *header, signed_part, *signature)) return refused("is signed by none of its keys");
  if (const auto wrong = objection(*claims, rules); !wrong.empty()) return refused(wrong);
  Claims found{text_of(*claims, rules.name_claim), texts_of(*claims, rules.groups_claim)};
  const auto& name = found.name;
  if (name.empty() || name.size() > most_name_bytes || base::printable(name) != name || base::trim(name) != name)
    return refused("has no name of 1 to 64 bytes in " + rules.name_claim);
  return found;
}

}  // namespace davylamp::directory
