#include "app/config/credentials.hpp"

#include <algorithm>

namespace davylamp::app {
namespace {

using Path = std::optional<std::string>;

bool has_role(const Config& config, const char* role) {
  const auto& names = config.node.roles;
  return names.empty() || std::ranges::find(names, role) != names.end();
}

std::optional<NamedFile> named(const std::string& key, const Path& path, Severity severity = Severity::problem) {
  if (!path) return std::nullopt;
  return NamedFile{key, *path, severity};
}

void check_secret(FileChecker& checker, const std::optional<NamedFile>& place) {
  if (place) checker.secret(*place);
}
void check_authorities(FileChecker& checker, const std::optional<NamedFile>& file) {
  if (file) checker.authorities(*file);
}
void check_pair(FileChecker& checker, const std::optional<NamedFile>& certificate,
                const std::optional<NamedFile>& key) {
  if (certificate) checker.certificate(*certificate, key);
}

// "sslkey" of "postgresql://db/davy?sslkey=/etc/key.pem"; none where it is no path, or not plainly spelt.
Path parameter(const std::string& url, const std::string& name) {
  for (const auto* before : {"?", "&"}) {
    const auto at = url.find(before + name + "=/");
    if (at == std::string::npos) continue;
    const auto begin = at + name.size() + 2;
    auto path = url.substr(begin, url.find('&', begin) - begin);
    if (!path.contains('%')) return path;
  }
  return std::nullopt;
}

void check_store(FileChecker& checker, const StoreConfig& store) {
  if (!store.url) return;
  check_secret(checker, named("store.password_file", store.password_file));
  check_authorities(checker, named("store.url sslrootcert", parameter(*store.url, "sslrootcert")));
  check_pair(checker, named("store.url sslcert", parameter(*store.url, "sslcert")),
             named("store.url sslkey", parameter(*store.url, "sslkey")));
}

void check_bus(FileChecker& checker, const BusConfig& bus) {
  check_secret(checker, named("bus.password_file", bus.password_file));
  check_authorities(checker, named("bus.ca_file", bus.ca_file));
  check_pair(checker, named("bus.certificate_file", bus.certificate_file), named("bus.key_file", bus.key_file));
}

void check_listen(FileChecker& checker, const UplinkConfig& uplink) {
  if (!uplink.listen) return;
  check_pair(checker, named("uplink.tls_certificate", uplink.tls_certificate), named("uplink.tls_key", uplink.tls_key));
  check_authorities(checker, named("uplink.client_ca_file", uplink.client_ca_file));
}

void check_serve(FileChecker& checker, const Config& config) {
  check_pair(checker, named("serve.tls_certificate", config.serve.tls_certificate),
             named("serve.tls_key", config.serve.tls_key));
  if (config.ldap.url) {
    check_secret(checker, named("ldap.bind_password_file", config.ldap.bind_password_file));
    check_authorities(checker, named("ldap.ca_file", config.ldap.ca_file));
  }
  if (config.oidc.issuer) {
    check_secret(checker, named("oidc.client_secret_file", config.oidc.client_secret_file));
    check_authorities(checker, named("oidc.ca_file", config.oidc.ca_file));
  }
  if (config.hub.agents) check_secret(checker, named("hub.shared_key_file", config.hub.shared_key_file));
}

template <class T, class Check>
void each(const std::string& kind, const std::vector<T>& items, Check check) {
  for (std::size_t i = 0; i < items.size(); ++i) check("notify." + kind + "[" + std::to_string(i) + "]", items[i]);
}

void check_channels(FileChecker& checker, const NotifyConfig& notify) {
  const auto secret = [&](const std::string& key, const Path& path) {
    check_secret(checker, named(key, path, Severity::notice));
  };
  const auto authorities = [&](const std::string& key, const Path& path) {
    check_authorities(checker, named(key + ".ca_file", path, Severity::notice));
  };
  each("telegram", notify.telegram,
       [&](const auto& key, const auto& item) { secret(key + ".token_file", item.token_file); });
  each("webhook", notify.webhook, [&](const auto& key, const auto& item) {
    secret(key + ".secret_file", item.secret_file);
    authorities(key, item.ca_file);
  });
  each("email", notify.email, [&](const auto& key, const auto& item) {
    secret(key + ".password_file", item.password_file);
    authorities(key, item.ca_file);
  });
  each("ntfy", notify.ntfy, [&](const auto& key, const auto& item) {
    secret(key + ".token_file", item.token_file);
    authorities(key, item.ca_file);
  });
}

}  // namespace

void check_connect(FileChecker& checker, const Config& config, Severity severity) {
  const auto& uplink = config.uplink;
  if (!uplink.connect) return;
  check_secret(checker, named("uplink.token_file", uplink.token_file, severity));
  check_authorities(checker, named("uplink.ca_file", uplink.ca_file, severity));
  check_pair(checker, named("uplink.certificate_file", uplink.certificate_file, severity),
             named("uplink.key_file", uplink.key_file, severity));
}

void check_credentials(FileChecker& checker, const Config& config) {
  const bool works = has_role(config, "process");
  const bool serves = has_role(config, "serve");
  if (works || serves) check_store(checker, config.store);
  check_bus(checker, config.bus);
  check_listen(checker, config.uplink);
  // Where others do the rest, this daemon is the collector; else davylamp-agent is, as a user of its own.
  check_connect(checker, config, works || serves ? Severity::notice : Severity::problem);
  if (serves) check_serve(checker, config);
  if (works) check_channels(checker, config.notify);
}

}  // namespace davylamp::app
