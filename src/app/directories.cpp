#include "app/directories.hpp"

#include "base/codec.hpp"
#include "directory/ldap/ldap_directory.hpp"
#include "directory/oidc/provider.hpp"
#include "notify/secret.hpp"

namespace davylamp::app {
namespace {

std::vector<directory::GroupRule> rules_of(const std::vector<GroupMapConfig>& groups) {
  std::vector<directory::GroupRule> rules;
  for (const auto& group : groups) {
    // The rules of the configuration have looked at the role.
    const auto role = base::json::enum_value<model::Role>(group.role).value_or(model::Role::viewer);
    rules.push_back({group.group, role, group.scope});
  }
  return rules;
}

std::string secret_of(const std::optional<std::string>& place) {
  return place ? base::value_or_throw(notify::read_secret(*place)) : std::string();
}

}  // namespace

std::unique_ptr<contract::Directory> open_directory(const LdapConfig& config) {
  if (!config.url) return nullptr;
  directory::LdapOptions options;
  options.server.url = *config.url;
  options.server.start_tls = config.start_tls;
  options.server.ca_file = config.ca_file;
  options.bind_dn = config.bind_dn;
  options.bind_password = secret_of(config.bind_password_file);
  options.user_base = config.user_base;
  options.user_filter = config.user_filter;
  options.group_base = config.group_base;
  options.group_filter = config.group_filter;
  options.groups = rules_of(config.groups);
  return std::make_unique<directory::LdapDirectory>(std::move(options));
}

std::unique_ptr<contract::SingleSignOn> open_single_sign_on(const OidcConfig& config) {
  if (!config.issuer) return nullptr;
  directory::OidcOptions options;
  options.issuer = *config.issuer;
  options.client_id = config.client_id;
  options.client_secret = secret_of(config.client_secret_file);
  options.name_claim = config.name_claim;
  options.groups_claim = config.groups_claim;
  options.ca_file = config.ca_file;
  options.groups = rules_of(config.groups);
  return std::make_unique<directory::OidcProvider>(std::move(options));
}

}  // namespace davylamp::app
