// The certificate that is made when others are to connect from beyond this machine and nobody has given one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::io {

struct Certificate {
  std::filesystem::path certificate_path;  // PEM
  std::filesystem::path key_path;          // PEM, readable by its owner only
  std::string fingerprint;                 // SHA-256 as browsers show it: "AB:CD:..."
  base::Time expires_at;
  bool made_now = false;
};

// What `directory` holds as certificate.pem and key.pem, when it is whole, is for all of `names` and has more than 30
// days left; otherwise a new P-256 key and a self-signed certificate of 825 days, which is as long as Apple's systems
// accept. `names` are DNS names and IP addresses; "localhost", 127.0.0.1 and ::1 are always added. Throws Failure when
// the directory cannot be written.
Certificate make_self_signed(const std::filesystem::path& directory, std::vector<std::string> names, base::Time now);

// SHA-256 of the first certificate in a PEM file, in the same form. Throws Failure that names the file.
std::string certificate_fingerprint(const std::filesystem::path& path);

}  // namespace davylamp::io
