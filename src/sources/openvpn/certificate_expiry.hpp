// When certificates and revocation lists run out. Reads PEM text with libcrypto; no files, no clock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/server.hpp"

namespace davylamp::openvpn {

// Everything in `text` that runs out, in its order. `what` as in model::Expiry; the certificates behind the first of a
// "certificate" are its chain and come as "ca". At most 32; never fails: text without any gives nothing.
std::vector<model::Expiry> read_expiries(std::string_view text, const std::string& what, const std::string& path);

// What has run out or does within 30 days, each a sentence with the consequence and what to do.
std::vector<std::string> expiry_warnings(const std::vector<model::Expiry>& expiries, base::Time now);

}  // namespace davylamp::openvpn
