// One-time codes by time: RFC 6238 with SHA-1, 30 seconds, 6 digits, which every authenticator program knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace davylamp::api {

// RFC 4648 section 6, without padding.
std::string to_base32(std::string_view bytes);
// Nothing when it is not exactly that.
std::optional<std::string> from_base32(std::string_view text);

// HOTP (RFC 4226 section 5.3) of a raw secret: `digits` digits, 6 to 8.
std::string one_time_code(std::string_view secret, std::uint64_t counter, int digits = 6);
// How many whole 30 seconds have passed since 1970.
std::uint64_t step_of(base::Time at);
// The step whose code this is: now, the one before or the one after, for clocks that differ. `secret` is base32.
std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code, base::Time now);

// 20 random bytes in base32: as long as RFC 4226 recommends.
std::string random_secret();
// What a QR code holds: "otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...".
std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view secret);

// Ten, as they are shown: "k3vd9-2mqx7". 50 random bits each.
std::vector<std::string> random_recovery_codes();
// As somebody typed a code: without blanks and dashes, in small letters.
std::string plain_code(std::string_view typed);
bool is_totp_code(std::string_view plain);

}  // namespace davylamp::api
