// The configuration of who may ask and how often: rates, directories, single sign-on.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace davylamp::app {

// How often somebody may ask. Shared by all daemons over Redis when the bus is one.
struct RateConfig {
  std::uint32_t address_per_minute = 1'200;  // of one address (IPv6: one /64)
  std::uint32_t address_burst = 200;
  std::uint32_t token_per_minute = 1'200;  // of one login or API token
  std::uint32_t token_burst = 200;
  std::uint32_t login_per_minute = 20;  // of one address, at what takes a password or a code
  std::uint32_t login_burst = 10;
  std::uint32_t heavy_per_minute = 60;  // of one login or address, at exports and long histories
  std::uint32_t heavy_burst = 20;
};
BOOST_DESCRIBE_STRUCT(RateConfig, (),
                      (address_per_minute, address_burst, token_per_minute, token_burst, login_per_minute, login_burst,
                       heavy_per_minute, heavy_burst))

// Which of a directory's groups has which role and sees which server groups. The first that fits counts.
struct GroupMapConfig {
  std::string group;  // "cn=vpn-admins,ou=groups,dc=example,dc=org"; for OIDC the name in the claim
  std::string role = "viewer";
  std::vector<std::string> scope;
};
BOOST_DESCRIBE_STRUCT(GroupMapConfig, (), (group, role, scope))

struct LdapConfig {
  std::optional<std::string> url;  // "ldap://ldap.example.org", "ldaps://..."; absent: no directory
  bool start_tls = true;           // over ldap://
  std::optional<std::string> ca_file;
  std::optional<std::string> bind_dn;  // who looks for people; absent: anonymously
  std::optional<std::string> bind_password_file;
  std::string user_base;  // "ou=people,dc=example,dc=org"
  std::string user_filter = "(uid={name})";
  std::string group_base;  // absent: the attribute memberOf of the person
  std::string group_filter = "(member={dn})";
  std::vector<GroupMapConfig> groups;
};
BOOST_DESCRIBE_STRUCT(LdapConfig, (),
                      (url, start_tls, ca_file, bind_dn, bind_password_file, user_base, user_filter, group_base,
                       group_filter, groups))

struct OidcConfig {
  std::optional<std::string> issuer;  // "https://id.example.org/realms/main"; absent: off
  std::string client_id;
  std::optional<std::string> client_secret_file;
  std::string name = "single sign-on";  // on the page's button
  std::string name_claim = "preferred_username";
  std::string groups_claim = "groups";
  std::optional<std::string> ca_file;
  std::optional<std::string> redirect_url;  // absent: the address that the page was asked at
  std::vector<GroupMapConfig> groups;
};
BOOST_DESCRIBE_STRUCT(OidcConfig, (),
                      (issuer, client_id, client_secret_file, name, name_claim, groups_claim, ca_file, redirect_url,
                       groups))

}  // namespace davylamp::app
