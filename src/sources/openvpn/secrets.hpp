#pragma once

#include <string>
#include <string_view>

namespace davylamp::openvpn {

// True for environment names whose value is a secret: passwords, tokens, one-time answers. Compared without case.
bool is_secret_name(std::string_view name);

// Where the secret begins in a line that echoes one (`CMD 'password "Auth" …`, `password=…`, `auth-token …`,
// `SCRV1:…`); npos when there is none. Everything from there on must not be kept.
std::size_t find_secret(std::string_view text);

// What may be kept of a `>PASSWORD:` line: the request without challenge, token or password.
std::string_view without_secret(std::string_view password_request);

}  // namespace davylamp::openvpn
