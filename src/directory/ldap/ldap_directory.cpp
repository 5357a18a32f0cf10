#include "directory/ldap/ldap_directory.hpp"

#include "base/text.hpp"
#include "directory/ldap/filter.hpp"

namespace davylamp::directory {
namespace {

constexpr std::size_t most_name_bytes = 64;
constexpr int most_groups = 1'000;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= most_name_bytes && base::is_utf8(name) && base::printable(name) == name &&
         base::trim(name) == name;
}

// As the directory spells it, where it differs in case alone.
std::string spelt(const LdapEntry& entry, const std::string& attribute, const std::string& typed) {
  const auto found = entry.attributes.find(base::to_lower(attribute));
  if (found == entry.attributes.end()) return typed;
  for (const auto& value : found->second) {
    if (base::to_lower(value) == base::to_lower(typed)) return value;
  }
  return typed;
}

}  // namespace

base::Result<LdapConnection> LdapDirectory::connect() const {
  auto connection = LdapConnection::open(options_.server);
  if (!connection || !options_.bind_dn) return connection;
  const auto bound = connection->bind(*options_.bind_dn, options_.bind_password);
  if (bound) return connection;
  // Not the person's password is wrong but ours.
  return base::fail("unreachable", "the directory does not let ldap.bind_dn in: " + bound.error().message);
}

base::Result<LdapEntry> LdapDirectory::find(LdapConnection& connection, const std::string& name) const {
  const auto attribute = naming_attribute(options_.user_filter);
  LdapQuery query{options_.user_base, filled_filter(options_.user_filter, name, ""), {"memberOf"}};
  if (!attribute.empty()) query.attributes.push_back(attribute);
  auto entries = connection.search(query);
  if (!entries && entries.error().code != "too_many") return std::unexpected(entries.error());
  if (!entries || entries->size() != 1) return base::fail("wrong", "not exactly one entry has this name");
  return std::move(entries->front());
}

base::Result<std::vector<std::string>> LdapDirectory::groups_of(LdapConnection& connection, const LdapEntry& entry,
                                                                const std::string& name) const {
  if (options_.group_base.empty()) {
    const auto found = entry.attributes.find("memberof");
    return found == entry.attributes.end() ? std::vector<std::string>{} : found->second;
  }
  const LdapQuery query{options_.group_base, filled_filter(options_.group_filter, name, entry.dn), {}, most_groups};
  const auto entries = connection.search(query);
  if (!entries) return base::fail("unreachable", "the groups cannot be read: " + entries.error().message);
  std::vector<std::string> groups;
  for (const auto& group : *entries) groups.push_back(group.dn);
  return groups;
}

base::Result<contract::Person> LdapDirectory::person_of(LdapConnection& connection, const LdapEntry& entry,
                                                        const std::string& name) const {
  const auto groups = groups_of(connection, entry, name);
  if (!groups) return std::unexpected(groups.error());
  const auto* rule = first_that_fits(options_.groups, *groups, same_dn);
  if (rule == nullptr) return base::fail("no_role", "no group of this person is mapped to a role");
  return contract::Person{spelt(entry, naming_attribute(options_.user_filter), name), rule->role, rule->scope};
}

base::Result<contract::Person> LdapDirectory::sign_in(const std::string& name, const std::string& password) {
  if (!is_name(name) || password.empty()) return base::fail("wrong", "this is no name, or no password");
  auto connection = connect();
  if (!connection) return std::unexpected(connection.error());
  const auto entry = find(*connection, name);
  if (!entry) return std::unexpected(entry.error());
  // Groups are read by who looks for people: the person may not see them. What they give is told to nobody before the
  // password is right.
  auto person = person_of(*connection, *entry, name);
  if (const auto bound = connection->bind(entry->dn, password); !bound) return std::unexpected(bound.error());
  return person;
}

base::Result<contract::Person> LdapDirectory::look_up(const std::string& name) {
  if (!is_name(name)) return base::fail("wrong", "this is no name");
  auto connection = connect();
  if (!connection) return std::unexpected(connection.error());
  const auto entry = find(*connection, name);
  if (!entry) return std::unexpected(entry.error());
  return person_of(*connection, *entry, name);
}

}  // namespace davylamp::directory
