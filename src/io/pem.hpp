// What PEM files hold, for whoever must say what is wrong with them. Nothing is asked on a terminal.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace davylamp::io {

struct PemCertificate {
  std::string subject;  // "CN=hub.example.org", as the certificate says it: hostile
  base::Time begins_at{};
  base::Time expires_at{};
};

// The certificates of a text, in its order. Error "no_certificate": a sentence that goes on after the file's name.
base::Result<std::vector<PemCertificate>> read_certificates(const std::string& pem);

// Whether `key_pem` holds the private key of the first certificate. Error "no_key": as above.
base::Result<bool> key_fits(const std::string& certificate_pem, const std::string& key_pem);

}  // namespace davylamp::io
