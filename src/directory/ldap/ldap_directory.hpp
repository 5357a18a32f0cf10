// People of an LDAP directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/directory.hpp"
#include "directory/group_map.hpp"
#include "directory/ldap/connection.hpp"

namespace davylamp::directory {

struct LdapOptions {
  LdapServer server;
  std::optional<std::string> bind_dn;  // who looks for people; absent: anonymously
  std::string bind_password;
  std::string user_base;
  std::string user_filter = "(uid={name})";
  std::string group_base;  // empty: the attribute memberOf of the person
  std::string group_filter = "(member={dn})";
  std::vector<GroupRule> groups;
};

class LdapDirectory final : public contract::Directory {
 public:
  explicit LdapDirectory(LdapOptions options) : options_(std::move(options)) {}
  base::Result<contract::Person> sign_in(const std::string& name, const std::string& password) override;
  base::Result<contract::Person> look_up(const std::string& name) override;

 private:
  base::Result<LdapConnection> connect() const;
  base::Result<LdapEntry> find(LdapConnection& connection, const std::string& name) const;
  base::Result<std::vector<std::string>> groups_of(LdapConnection& connection, const LdapEntry& entry,
                                                   const std::string& name) const;
  base::Result<contract::Person> person_of(LdapConnection& connection, const LdapEntry& entry,
                                           const std::string& name) const;

  LdapOptions options_;
};

}  // namespace davylamp::directory
