#include <gtest/gtest.h>

#include "app/config/rules.hpp"

namespace davylamp::app {
namespace {

Config good() {
  Config config;
  config.ldap.url = "ldap://ldap.example.org";
  config.ldap.user_base = "ou=people,dc=example,dc=org";
  config.ldap.groups = {{"cn=admins,ou=groups,dc=example,dc=org", "admin", {}}};
  config.oidc.issuer = "https://id.example.org";
  config.oidc.client_id = "davylamp";
  config.oidc.groups = {{"staff", "viewer", {"north"}}};
  return config;
}

template <class Change>
std::vector<std::string> broken(Change change) {
  auto config = good();
  change(config);
  auto problems = broken_account_rules(config);
  for (auto& problem : problems) problem.resize(problem.find(':'));
  return problems;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST(AccountRules, AskNothingWhereNothingIsSet) {
  EXPECT_TRUE(broken_account_rules({}).empty());
  EXPECT_TRUE(broken_account_rules(good()).empty());
}

TEST(AccountRules, NameWhatIsWrongWithADirectory) {
  EXPECT_EQ(broken([](auto& c) { c.ldap.url = "ldap.example.org"; }), Keys{"ldap.url"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.user_base.clear(); }), Keys{"ldap.user_base"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.user_filter = "(uid=ann)"; }), Keys{"ldap.user_filter"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.user_filter = "uid={name}"; }), Keys{"ldap.user_filter"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.bind_dn = "cn=reader"; }), Keys{"ldap.bind_password_file"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.ca_file = "ca.pem"; }), Keys{"ldap.ca_file"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.groups.clear(); }), Keys{"ldap.groups"});
  EXPECT_EQ(broken([](auto& c) { c.ldap.groups[0].role = "root"; }), Keys{"ldap.groups[0].role"});
}

TEST(AccountRules, NameWhatIsWrongWithAProvider) {
  EXPECT_EQ(broken([](auto& c) { c.oidc.issuer = "http://id.example.org"; }), Keys{"oidc.issuer"});
  EXPECT_TRUE(broken([](auto& c) { c.oidc.issuer = "http://127.0.0.1:8000"; }).empty());
  EXPECT_EQ(broken([](auto& c) { c.oidc.client_id.clear(); }), Keys{"oidc.client_id"});
  EXPECT_EQ(broken([](auto& c) { c.oidc.redirect_url = "https://vpn.example.org/"; }), Keys{"oidc.redirect_url"});
  EXPECT_EQ(broken([](auto& c) { c.oidc.client_secret_file = "secret"; }), Keys{"oidc.client_secret_file"});
}

}  // namespace davylamp::app
