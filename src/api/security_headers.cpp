#include "api/security_headers.hpp"

#include <array>

namespace davylamp::api {
namespace {

constexpr std::array<HeaderLine, 8> lines{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
     "'self'; "
     "manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy",
     "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
     "midi=(), "
     "payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    // Last, because plain HTTP leaves it out. Neither subdomains nor preload: the host may serve other things.
    {"Strict-Transport-Security", "max-age=31536000"},
}};

}  // namespace

std::span<const HeaderLine> security_headers(bool secure) {
  return std::span(lines).first(secure ? lines.size() : lines.size() - 1);
}

}  // namespace davylamp::api
