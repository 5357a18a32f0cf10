#include "probe/web_address.hpp"

#include <boost/url/parse.hpp>

#include "base/text.hpp"

namespace davylamp::probe {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

std::unexpected<base::Error> bad(std::string_view text, std::string_view why) {
  return base::fail("bad_address", "\"" + base::printable(text) + "\" " + std::string(why) +
                                       "; write it like https://hub.example.org or http://192.0.2.1:8080");
}

}  // namespace

base::Result<WebAddress> WebAddress::parse(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url) return bad(text, "is not a URL");
  const auto scheme = base::to_lower(std::string_view(url->scheme().data(), url->scheme().size()));
  if (scheme != "http" && scheme != "https") return bad(text, "begins with neither http:// nor https://");
  if (url->has_userinfo()) return bad(text, "holds a user name, which is not supported");
  WebAddress address;
  address.tls = scheme == "https";
  address.host = url->host_address();
  if (address.host.empty() || url->encoded_host().contains('%')) return bad(text, "names no host");
  address.port = address.tls ? https_port : http_port;
  if (url->has_port() && !url->port().empty()) {
    const auto port = url->port_number();
    if (port == 0) return bad(text, "has no port from 1 to 65535");
    address.port = port;
  }
  const auto path = url->encoded_path();
  if (!path.empty()) address.path.assign(path.data(), path.size());
  if (url->has_query()) address.path += "?" + std::string(url->encoded_query().data(), url->encoded_query().size());
  return address;
}

std::string WebAddress::host_text() const {
  auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? https_port : http_port)) name += ":" + std::to_string(port);
  return name;
}

WebAddress WebAddress::with(std::string_view more) const {
  auto there = *this;
  while (there.path.ends_with('/')) there.path.pop_back();
  there.path += more;
  return there;
}

}  // namespace davylamp::probe
