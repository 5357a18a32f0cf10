// What must hold of who may ask, through whom, and how often: [serve] beyond its listener, and [rate].
#include <algorithm>
#include <boost/mp11/algorithm.hpp>

#include "app/config/rules.hpp"
#include "base/text.hpp"
#include "model/network.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_socket_path = 107;
constexpr std::size_t longest_base_path = 128;
constexpr std::uint32_t most_per_minute = 6'000'000;
constexpr std::uint32_t most_burst = 1'000'000;

class FrontRules {
 public:
  std::vector<std::string> check(const Config& config) {
    networks("serve.trusted_proxies", config.serve.trusted_proxies);
    networks("serve.allow", config.serve.allow);
    for (const auto& proxy : config.serve.trusted_proxies) {
      if (proxy.ends_with("/0")) add("serve.trusted_proxies", "\"" + proxy + "\" would believe everybody");
    }
    proxy_socket(config.serve.proxy_socket);
    base_path(config.serve.base_path);
    for (const auto& origin : config.serve.cors_origins) cors_origin(origin);
    tls(config.serve);
    rates(config.rate);
    return std::move(problems_);
  }

 private:
  void add(const std::string& key, const std::string& what) { problems_.push_back(key + ": " + what); }

  void networks(const std::string& key, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (model::Network::parse(texts[i])) continue;
      add(key + "[" + std::to_string(i) + "]",
          "\"" + base::printable(texts[i]) + "\" is not a block of addresses such as 192.0.2.0/24 or 2001:db8::/32");
    }
  }

  void proxy_socket(const std::optional<std::string>& path) {
    if (!path) return;
    if (!path->starts_with('/')) add("serve.proxy_socket", "must be an absolute path: it begins with /");
    if (path->size() > longest_socket_path) add("serve.proxy_socket", "has more than 107 bytes");
    if (path->contains('\0')) add("serve.proxy_socket", "must not hold a NUL character");
  }

  static bool is_segment(std::string_view segment) {
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("-_.~").contains(c);
    };
    return !segment.empty() && segment != "." && segment != ".." && std::ranges::all_of(segment, plain);
  }

  void base_path(const std::string& path) {
    if (path.empty()) return;
    const auto segments = base::split(std::string_view(path).substr(1), '/');
    if (!path.starts_with('/') || path.size() > longest_base_path || !std::ranges::all_of(segments, is_segment)) {
      return add("serve.base_path",
                 "\"" + base::printable(path) +
                     "\" must be like /davylamp: it begins with / and does not end with it; letters, "
                     "digits, and - _ . ~ between");
    }
    static constexpr std::string_view own[] = {"api", "assets", "ping", "healthz", "readyz", "metrics"};
    if (std::ranges::find(own, segments.front()) != std::end(own)) {
      add("serve.base_path", "must not begin with /" + std::string(segments.front()) + ", which Davylamp uses itself");
    }
  }

  void cors_origin(const std::string& origin) {
    const auto scheme = origin.find("://");
    const auto authority = scheme == std::string::npos ? std::string() : origin.substr(scheme + 3);
    const bool known = origin.starts_with("http://") || origin.starts_with("https://");
    const bool plain = !authority.empty() && authority.find_first_of("/?#@* \"'\\,;") == std::string::npos;
    if (known && plain && base::to_lower(origin) == origin && base::printable(origin) == origin) return;
    add("serve.cors_origins", "\"" + base::printable(origin) +
                                  "\" is not an origin as browsers send it: https://status.example.org, in small "
                                  "letters, without a path; each one by its name");
  }

  void tls(const ServeConfig& serve) {
    if (serve.tls) return;
    if (serve.tls_certificate || serve.tls_key) {
      add("serve.tls", "is false, but there is a tls_certificate or tls_key: take out one or the other");
    }
    const auto listen = parse_listen(serve.listen);
    const bool here = !listen || listen->address.kind() == model::AddressKind::loopback;
    if (here || !serve.trusted_proxies.empty()) return;
    add("serve.tls",
        "is false, and serve.listen is reached by other hosts: passwords would travel in clear. Name the proxy that "
        "speaks TLS in serve.trusted_proxies, or listen on 127.0.0.1");
  }

  void rates(const RateConfig& rate) {
    boost::mp11::mp_for_each<boost::describe::describe_members<RateConfig, boost::describe::mod_public>>([&](auto d) {
      const std::string name = d.name;
      const auto most = name.ends_with("_burst") ? most_burst : most_per_minute;
      const auto value = rate.*d.pointer;
      if (value < 1 || value > most) add("rate." + name, "must be between 1 and " + std::to_string(most));
    });
  }

  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> broken_front_rules(const Config& config) {
  return FrontRules().check(config);
}

}  // namespace davylamp::app
