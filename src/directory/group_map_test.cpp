#include "directory/group_map.hpp"

#include <gtest/gtest.h>

namespace davylamp::directory {

TEST(GroupMap, TakesTheFirstRuleThatFits) {
  const std::vector<GroupRule> rules{{"admins", model::Role::admin, {}}, {"staff", model::Role::viewer, {"north"}}};
  EXPECT_EQ(first_that_fits(rules, {"staff", "admins"}, same_text)->role, model::Role::admin);
  EXPECT_EQ(first_that_fits(rules, {"others", "staff"}, same_text)->scope, std::vector<std::string>{"north"});
  EXPECT_EQ(first_that_fits(rules, {"others", "Staff"}, same_text), nullptr);
  EXPECT_EQ(first_that_fits(rules, {}, same_text), nullptr);
}

TEST(GroupMap, TakesNamesOfEntriesForTheSameWhateverTheirCaseAndBlanks) {
  EXPECT_TRUE(same_dn("cn=VPN Admins,ou=groups,dc=example,dc=org", "CN=vpn admins, OU = Groups ,dc=example,dc=org "));
  EXPECT_FALSE(same_dn("cn=vpn admins,ou=groups", "cn=vpnadmins,ou=groups"));
  EXPECT_FALSE(same_dn("cn=admins", "cn=admins,ou=groups"));
}

}  // namespace davylamp::directory
