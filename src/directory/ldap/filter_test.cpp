#include "directory/ldap/filter.hpp"

#include <gtest/gtest.h>

namespace davylamp::directory {

// RFC 4515 section 4.
TEST(LdapFilter, EscapesWhatHasAMeaning) {
  EXPECT_EQ(escaped_filter_value("Parens R Us (for all your parenthetical needs)"),
            "Parens R Us \\28for all your parenthetical needs\\29");
  EXPECT_EQ(escaped_filter_value("*"), "\\2a");
  EXPECT_EQ(escaped_filter_value("C:\\MyFile"), "C:\\5cMyFile");
  EXPECT_EQ(escaped_filter_value(std::string("\0", 1)), "\\00");
  EXPECT_EQ(escaped_filter_value("Lu\u010di\u0107"), "Lu\\c4\\8di\\c4\\87");
}

TEST(LdapFilter, KeepsAHostileNameOneValue) {
  EXPECT_EQ(filled_filter("(&(objectClass=person)(uid={name}))", "*)(uid=*", ""),
            "(&(objectClass=person)(uid=\\2a\\29\\28uid=\\2a))");
  EXPECT_EQ(filled_filter("(|(member={dn})(memberUid={name}))", "{dn}", "cn=a,b"),
            "(|(member=cn=a,b)(memberUid={dn}))");
}

TEST(LdapFilter, KnowsTheAttributeOfTheName) {
  EXPECT_EQ(naming_attribute("(uid={name})"), "uid");
  EXPECT_EQ(naming_attribute("(&(objectClass=person)(sAMAccountName={name}))"), "sAMAccountName");
  EXPECT_EQ(naming_attribute("(mail={name}@example.org)"), "mail");
  EXPECT_EQ(naming_attribute("(uid=ann)"), "");
}

}  // namespace davylamp::directory
