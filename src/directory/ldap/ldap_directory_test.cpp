#include "directory/ldap/ldap_directory.hpp"

#include <gtest/gtest.h>

#include "directory/ldap/testing/slapd.hpp"

namespace davylamp::directory {
namespace {

constexpr auto groups_base = "ou=groups,dc=example,dc=org";

std::string group(const std::string& name) {
  return "CN=" + name + ", " + groups_base;
}

class LdapDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_.is_there()) GTEST_SKIP() << "slapd is not installed";
  }
  LdapOptions options() const {
    LdapOptions options;
    options.server = {server_.fact("url"), true, server_.fact("ca"), base::Milliseconds(60'000)};
    options.bind_dn = "cn=reader,dc=example,dc=org";
    options.bind_password = server_.fact("reader_password");
    options.user_base = "ou=people,dc=example,dc=org";
    options.groups = {{group("admins"), model::Role::admin}, {group("staff"), model::Role::viewer, {"north"}}};
    return options;
  }
  std::string error(LdapOptions with, const std::string& name, const std::string& password) const {
    const auto person = LdapDirectory(std::move(with)).sign_in(name, password);
    return person ? "none" : person.error().code;
  }
  testing::Slapd server_;
};

}  // namespace

TEST_F(LdapDirectoryTest, LetsPeopleInByTheirPasswordAndGroups) {
  LdapDirectory directory(options());
  const auto ann = directory.sign_in("ann", server_.fact("ann"));
  ASSERT_TRUE(ann) << ann.error().message;
  EXPECT_EQ(ann->name, "ann");
  EXPECT_EQ(ann->role, model::Role::admin);
  const auto bob = directory.sign_in("BOB", server_.fact("bob"));
  ASSERT_TRUE(bob) << bob.error().message;
  EXPECT_EQ(bob->name, "bob");
  EXPECT_EQ(bob->role, model::Role::viewer);
  EXPECT_EQ(bob->scope, std::vector<std::string>{"north"});
}

TEST_F(LdapDirectoryTest, KeepsEverybodyElseOut) {
  EXPECT_EQ(error(options(), "ann", server_.fact("bob")), "wrong");
  EXPECT_EQ(error(options(), "ann", ""), "wrong");
  EXPECT_EQ(error(options(), "nobody", server_.fact("ann")), "wrong");
  EXPECT_EQ(error(options(), "eve", server_.fact("eve")), "no_role");
  EXPECT_EQ(error(options(), "eve", "not hers"), "wrong");
}

TEST_F(LdapDirectoryTest, TakesAHostileNameForAName) {
  for (const auto* name :
       {"*", "*)(uid=*", "ann)(|(uid=*", "a*", "ann\\", "ann)", "(ann", "ann,dc=example", "", " ann"})
    EXPECT_EQ(error(options(), name, server_.fact("ann")), "wrong") << name;
  EXPECT_EQ(error(options(), std::string("ann\0", 4), server_.fact("ann")), "wrong");
  EXPECT_EQ(error(options(), std::string(65, 'a'), server_.fact("ann")), "wrong");
}

TEST_F(LdapDirectoryTest, SpeaksTlsOnlyWithAServerItTrusts) {
  auto with = options();
  with.server.url = server_.fact("tls_url");
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "none");
  with.server.ca_file = server_.fact("other_ca");
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "unreachable");
  with.server.url = server_.fact("url");
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "unreachable");
  with.server.ca_file.reset();
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "unreachable");
  with.server.start_tls = false;
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "none");
}

TEST_F(LdapDirectoryTest, FindsGroupsByWhatTheyHold) {
  auto with = options();
  with.group_base = groups_base;
  EXPECT_EQ(LdapDirectory(with).look_up("ann")->role, model::Role::admin);
  with.group_filter = "(&(objectClass=groupOfNames)(member={dn}))";
  EXPECT_EQ(LdapDirectory(with).look_up("bob")->role, model::Role::viewer);
  EXPECT_EQ(LdapDirectory(with).look_up("eve").error().code, "no_role");
}

TEST_F(LdapDirectoryTest, SeesGroupsChangePeopleGoAndTheServerStop) {
  LdapDirectory directory(options());
  EXPECT_EQ(directory.look_up("ann")->role, model::Role::admin);
  server_.tell("leave ann admins");
  EXPECT_EQ(directory.look_up("ann")->role, model::Role::viewer);
  server_.tell("leave ann staff");
  EXPECT_EQ(directory.look_up("ann").error().code, "no_role");
  server_.tell("remove bob");
  EXPECT_EQ(directory.look_up("bob").error().code, "wrong");
  server_.tell("stop");
  EXPECT_EQ(directory.look_up("eve").error().code, "unreachable");
  server_.tell("start");
  server_.tell("join eve staff");
  EXPECT_EQ(directory.look_up("eve")->role, model::Role::viewer);
}

TEST_F(LdapDirectoryTest, SaysThatItsOwnPasswordIsWrong) {
  auto with = options();
  with.bind_password = "not it";
  const auto person = LdapDirectory(with).sign_in("ann", server_.fact("ann"));
  ASSERT_FALSE(person);
  EXPECT_EQ(person.error().code, "unreachable");
  EXPECT_NE(person.error().message.find("bind_dn"), std::string::npos);
}

TEST_F(LdapDirectoryTest, RefusesANameThatTwoPeopleHave) {
  auto with = options();
  with.user_filter = "(|(uid={name})(uid=bob))";
  EXPECT_EQ(error(with, "ann", server_.fact("ann")), "wrong");
}

}  // namespace davylamp::directory
