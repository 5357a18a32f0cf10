#include "directory/oidc/provider.hpp"

#include <boost/json.hpp>

#include "base/percent.hpp"
#include "base/text.hpp"
#include "directory/oidc/id_token.hpp"
#include "directory/oidc/json_object.hpp"

namespace davylamp::directory {
namespace {

namespace json = boost::json;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

std::string form(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += (text.empty() ? "" : "&") + std::string(name) + "=" + base::percent_encoded(value);
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8U) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : alphabet[(bits >> (18U - 6U * k)) & 63U];
  }
  return text;
}

// As safe as the issuer's own address.
bool is_fit(const std::string& url, const std::string& issuer) {
  return url.starts_with("https://") || (issuer.starts_with("http://") && url.starts_with("http://"));
}

bool offers_basic(const json::object& document) {
  const auto* methods = document.if_contains("token_endpoint_auth_methods_supported");
  if (methods == nullptr || !methods->is_array()) return true;
  for (const auto& method : methods->get_array()) {
    if (method.is_string() && method.get_string() == "client_secret_basic") return true;
  }
  return false;
}

}  // namespace

base::Result<std::string> OidcProvider::fetch(io::HttpRequest request, const std::string& what) {
  request.ca_file = options_.ca_file;
  request.limit = base::Milliseconds(10'000);
  const auto answer = client_.ask(request);
  if (!answer) return base::fail("unreachable", what + ": " + answer.error().message);
  if (answer->status == 200) return answer->body;
  const auto document = parse_object(answer->body);
  const auto words = document ? " " + base::printable(text_of(*document, "error")) : std::string();
  const bool blames_us = answer->status == 400 || answer->status == 401;
  return base::fail(blames_us ? "refused" : "unreachable",
                    what + ": the provider answered " + std::to_string(answer->status) + words);
}

base::Result<OidcProvider::Endpoints> OidcProvider::endpoints() {
  if (endpoints_) return *endpoints_;
  auto base = options_.issuer;
  if (base.ends_with('/')) base.pop_back();
  const auto text = fetch({.url = base + "/.well-known/openid-configuration"}, "the provider's description");
  if (!text) return base::fail("unreachable", text.error().message);
  const auto document = parse_object(*text);
  if (!document || text_of(*document, "issuer") != options_.issuer)
    return base::fail("unreachable", "the provider's description is not that of oidc.issuer");
  Endpoints found{text_of(*document, "authorization_endpoint"), text_of(*document, "token_endpoint"),
                  text_of(*document, "jwks_uri"), offers_basic(*document)};
  for (const auto* url : {&found.authorization, &found.token, &found.keys}) {
    if (!is_fit(*url, options_.issuer))
      return base::fail("unreachable", "the provider's description lacks an https:// address");
  }
  endpoints_ = found;
  return found;
}

base::Result<std::string> OidcProvider::start(const contract::SignOnStart& start) {
  const auto known = endpoints();
  if (!known) return std::unexpected(known.error());
  const auto query = form({{"response_type", "code"},
                           {"client_id", options_.client_id},
                           {"redirect_uri", start.redirect_url},
                           {"scope", "openid profile email"},
                           {"state", start.state},
                           {"nonce", start.nonce},
                           {"code_challenge", start.code_challenge},
                           {"code_challenge_method", "S256"}});
  return known->authorization + (known->authorization.contains('?') ? "&" : "?") + query;
}

base::Result<std::string> OidcProvider::redeem(const Endpoints& endpoints, const contract::SignOnAnswer& answer) {
  const auto& secret = options_.client_secret;
  Fields fields{{"grant_type", "authorization_code"},
                {"code", answer.code},
                {"redirect_uri", answer.redirect_url},
                {"code_verifier", answer.code_verifier}};
  io::HttpRequest request{.url = endpoints.token};
  request.headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"};
  const bool in_header = !secret.empty() && endpoints.secret_in_header;
  if (in_header) {
    request.headers.push_back("Authorization: Basic " +
                              base64(base::percent_encoded(options_.client_id) + ":" + base::percent_encoded(secret)));
  } else {
    fields.emplace_back("client_id", options_.client_id);
    if (!secret.empty()) fields.emplace_back("client_secret", secret);
  }
  request.body = form(fields);
  const auto text = fetch(std::move(request), "the code");
  if (!text) return text;
  const auto document = parse_object(*text);
  auto token = document ? text_of(*document, "id_token") : std::string();
  if (token.empty()) return base::fail("refused", "the provider gave no ID token for the code");
  return token;
}

base::Result<contract::Person> OidcProvider::finish(const contract::SignOnAnswer& answer) {
  const auto known = endpoints();
  if (!known) return std::unexpected(known.error());
  const auto token = redeem(*known, answer);
  if (!token) {
    if (token.error().code == "unreachable") endpoints_.reset();  // perhaps it has moved
    return std::unexpected(token.error());
  }
  const auto keys = fetch({.url = known->keys}, "the provider's keys");
  if (!keys) return base::fail("unreachable", keys.error().message);
  TokenRules rules{options_.issuer, options_.client_id, answer.nonce, answer.now};
  rules.name_claim = options_.name_claim;
  rules.groups_claim = options_.groups_claim;
  const auto claims = read_id_token(*token, *keys, rules);
  if (!claims) return std::unexpected(claims.error());
  const auto* rule = first_that_fits(options_.groups, claims->groups, same_text);
  if (rule == nullptr) return base::fail("no_role", "no group of this person is mapped to a role");
  return contract::Person{claims->name, rule->role, rule->scope};
}

}  // namespace davylamp::directory
