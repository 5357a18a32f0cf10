#include "bus/redis/address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace davylamp::redis {
namespace {

constexpr std::string_view forms =
    "it must be redis://USER@HOST:6379/0, rediss://USER@HOST:6379/0 (TLS) or unix:///run/redis/redis.sock?db=0";

std::unexpected<base::Error> refuse(const std::string& why) {
  return base::fail("bad_url", why + "; " + std::string(forms));
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

constexpr std::uint32_t most_databases = 1'000'000;

base::Result<Address> read_socket(const boost::urls::url_view& url, Address address) {
  address.path = url.path();
  if (address.path.size() < 2 || !url.encoded_host().empty()) return refuse("a Unix socket needs a whole path");
  for (const auto& param : url.params()) {
    const auto database = param.key == "db" ? number(param.value, most_databases) : std::nullopt;
    if (!database) return refuse("of what may follow '?' only db=NUMBER is known");
    address.database = *database;
  }
  return address;
}

base::Result<Address> read_host(const boost::urls::url_view& url, Address address) {
  address.host = url.host_address();
  if (address.host.empty()) return refuse("it names no host");
  if (url.has_query() || url.has_fragment()) return refuse("nothing may follow the database");
  if (url.has_port()) {
    const std::string port(url.port());
    const auto value = number(port, 65'535);
    if (!value || *value == 0) return refuse("the port is not a number from 1 to 65535");
    address.port = static_cast<std::uint16_t>(*value);
  }
  const std::string path = url.path();
  if (path.empty() || path == "/") return address;
  const auto database = number(std::string_view(path).substr(1), most_databases);
  if (!database) return refuse("what follows the host must be the number of a database");
  address.database = *database;
  return address;
}

}  // namespace

base::Result<Address> Address::parse(std::string_view text) {
  const auto read = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
  if (!read) return refuse("it is not a URL");
  const auto& url = *read;
  if (url.has_password()) return base::fail("bad_url", "it must not hold a password: put it in bus.password_file");
  Address address;
  address.user = url.user();
  const std::string scheme(url.scheme());
  if (scheme == "unix") return read_socket(url, std::move(address));
  address.tls = scheme == "rediss";
  if (scheme != "redis" && !address.tls) return refuse("its scheme is not known");
  return read_host(url, std::move(address));
}

std::string Address::to_text() const {
  const auto who = user.empty() ? std::string() : user + "@";
  if (!path.empty()) {
    return base::printable("unix://" + who + path + (database == 0 ? "" : "?db=" + std::to_string(database)));
  }
  const auto where = host.contains(':') ? "[" + host + "]" : host;
  return base::printable((tls ? "rediss://" : "redis://") + who + where + ":" + std::to_string(port) + "/" +
                         std::to_string(database));
}

}  // namespace davylamp::redis
