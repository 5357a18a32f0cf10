#include "sources/openvpn/secrets.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

using namespace std::string_view_literals;

constexpr std::array secret_words{"password"sv, "passwd"sv,    "passphrase"sv, "secret"sv,
                                  "token"sv,    "challenge"sv, "cr_response"sv};

// The words a secret stands behind. Lower case: compared without case.
constexpr std::array lead_ins{"cmd 'password"sv, "cmd 'username"sv,    "cmd 'needstr"sv, "cmd 'cr-response"sv,
                              "cmd 'pk-sig"sv,   "cmd 'rsa-sig"sv,     "password="sv,    "password '"sv,
                              "password \""sv,   "passphrase="sv,      "auth-token "sv,  "auth-token:"sv,
                              "auth_token="sv,   "auth-token-user "sv, "scrv1:"sv,       "crv1:"sv,
                              "cr_response,"sv,  "sess_id_"sv,         "secret="sv,      "token="sv};

constexpr char lower(char symbol) {
  return symbol >= 'A' && symbol <= 'Z' ? static_cast<char>(symbol - 'A' + 'a') : symbol;
}

bool begins_with_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

}  // namespace

bool is_secret_name(std::string_view name) {
  return std::ranges::any_of(secret_words,
                             [&](std::string_view word) { return base::contains_ignoring_case(name, word); });
}

std::size_t find_secret(std::string_view text) {
  constexpr std::string_view first_letters = "cpastCPAST";
  for (std::size_t at = text.find_first_of(first_letters); at != std::string_view::npos;
       at = text.find_first_of(first_letters, at + 1)) {
    for (const std::string_view lead_in : lead_ins) {
      if (begins_with_ignoring_case(text.substr(at), lead_in)) return at + lead_in.size();
    }
  }
  return std::string_view::npos;
}

std::string_view without_secret(std::string_view password_request) {
  constexpr std::array endings{"' username/password"sv, "' password"sv};
  if (password_request.starts_with("Need '"sv)) {
    for (const std::string_view ending : endings) {
      const std::size_t at = password_request.find(ending, 6);
      if (at != std::string_view::npos) return password_request.substr(0, at + ending.size());
    }
    return "Need"sv;
  }
  constexpr std::string_view failed = "Verification Failed: '";
  if (password_request.starts_with(failed)) {
    const std::size_t quote = password_request.find('\'', failed.size());
    return quote == std::string_view::npos ? "Verification Failed"sv : password_request.substr(0, quote + 1);
  }
  if (password_request.starts_with("Auth-Token"sv)) return "Auth-Token"sv;
  return {};
}

}  // namespace davylamp::openvpn
