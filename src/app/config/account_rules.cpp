// What must hold of [ldap] and [oidc].
#include <algorithm>

#include "app/config/rules.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

bool is_place(const std::string& text) {
  return text.starts_with('/') || text.starts_with("env:");
}

class AccountRules {
 public:
  std::vector<std::string> check(const Config& config) {
    if (config.ldap.url) ldap(config.ldap);
    if (config.oidc.issuer) oidc(config.oidc);
    return std::move(problems_);
  }

 private:
  void add(const std::string& key, const std::string& what) { problems_.push_back(key + ": " + what); }

  void file(const std::string& key, const std::optional<std::string>& path) {
    if (path && !path->starts_with('/')) add(key, "must be an absolute path, which begins with /");
  }
  void secret(const std::string& key, const std::optional<std::string>& place) {
    if (place && !is_place(*place))
      add(key, "must be an absolute path, which begins with /, or env: and the name of a variable");
  }

  void ldap(const LdapConfig& ldap) {
    if (!ldap.url->starts_with("ldap://") && !ldap.url->starts_with("ldaps://"))
      add("ldap.url", "must begin with ldap:// or ldaps://");
    if (ldap.url->contains(' ')) add("ldap.url", "must be one address");
    if (ldap.user_base.empty()) add("ldap.user_base", "must be set: where people are looked for");
    filter("ldap.user_filter", ldap.user_filter, {"{name}"});
    if (!ldap.group_base.empty()) filter("ldap.group_filter", ldap.group_filter, {"{name}", "{dn}"});
    if (ldap.bind_dn && !ldap.bind_password_file)
      add("ldap.bind_password_file", "must be set together with bind_dn: a bind without a password is nobody's");
    if (!ldap.bind_dn && ldap.bind_password_file) add("ldap.bind_dn", "must be set together with bind_password_file");
    file("ldap.ca_file", ldap.ca_file);
    secret("ldap.bind_password_file", ldap.bind_password_file);
    groups("ldap.groups", ldap.groups);
  }

  void filter(const std::string& key, const std::string& filter, const std::vector<std::string>& marks) {
    const bool closed = filter.starts_with('(') && filter.ends_with(')') &&
                        std::ranges::count(filter, '(') == std::ranges::count(filter, ')');
    if (!closed) add(key, "must be a filter in brackets, such as (uid={name})");
    const bool marked = std::ranges::any_of(marks, [&](const auto& mark) { return filter.contains(mark); });
    if (!marked) add(key, "must hold " + marks.back() + ", or it finds the same for everybody");
  }

  void oidc(const OidcConfig& oidc) {
    const auto& issuer = *oidc.issuer;
    const bool near = issuer.starts_with("http://127.0.0.1:") || issuer.starts_with("http://[::1]:");
    if (!issuer.starts_with("https://") && !near) add("oidc.issuer", "must begin with https://");
    if (oidc.client_id.empty()) add("oidc.client_id", "must be set: the provider gives it");
    if (oidc.name.empty() || oidc.name.size() > 64) add("oidc.name", "must be 1 to 64 bytes");
    if (oidc.name_claim.empty()) add("oidc.name_claim", "must be set");
    if (oidc.groups_claim.empty()) add("oidc.groups_claim", "must be set");
    const bool web =
        !oidc.redirect_url || oidc.redirect_url->starts_with("https://") || oidc.redirect_url->starts_with("http://");
    if (!web || (oidc.redirect_url && !oidc.redirect_url->ends_with("/api/v1/oidc/callback")))
      add("oidc.redirect_url", "must be an address that ends in /api/v1/oidc/callback");
    file("oidc.ca_file", oidc.ca_file);
    secret("oidc.client_secret_file", oidc.client_secret_file);
    groups("oidc.groups", oidc.groups);
  }

  void groups(const std::string& key, const std::vector<GroupMapConfig>& groups) {
    if (groups.empty()) add(key, "must map at least one group to a role, or nobody gets in");
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto place = key + "[" + std::to_string(i) + "]";
      if (groups[i].group.empty()) add(place + ".group", "must be set");
      if (!base::json::enum_value<model::Role>(groups[i].role))
        add(place + ".role",
            "\"" + base::printable(groups[i].role) + "\" is not one of viewer, auditor, operator, admin");
    }
  }

  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> broken_account_rules(const Config& config) {
  return AccountRules().check(config);
}

}  // namespace davylamp::app
