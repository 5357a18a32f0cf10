// Where something is asked over HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::probe {

struct WebAddress {
  bool tls = false;
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 0;
  std::string path = "/";  // with the query; begins with a slash
  bool operator==(const WebAddress&) const = default;

  // "http://..." or "https://..."; without user names and passwords. Error "bad_address": a sentence.
  static base::Result<WebAddress> parse(std::string_view text);
  // As the Host header names it: the port only where it is not the scheme's own.
  std::string host_text() const;
  // The same place with `more` ("/api/v1/keepalive") behind the path, one slash between them.
  WebAddress with(std::string_view more) const;
};

}  // namespace davylamp::probe
