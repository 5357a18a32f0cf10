#include <unistd.h>

#include "api/control_socket.hpp"
#include "app/cli/cli_fixture.hpp"
#include "app/cli/random_password.hpp"

namespace davylamp::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class UserCommand : public CliTest {
 protected:
  std::optional<model::Account> account(const std::string& name) { return store->accounts()->account(name); }
};

TEST_F(UserCommand, AsksForThePasswordTwice) {
  typed = {"correct horse", "correct horse"};
  EXPECT_EQ(run({"user", "add", "anna"}), 0) << err;
  ASSERT_TRUE(account("anna"));
  EXPECT_EQ(account("anna")->role, model::Role::viewer);
  EXPECT_EQ(account("anna")->password_hash, "hash of 13");
  EXPECT_EQ(account("anna")->created_at, clock.now());
  EXPECT_THAT(out + err, Not(HasSubstr("horse")));
  EXPECT_EQ(store->accounts()->audit(10).at(0).action, "account_added");
}

TEST_F(UserCommand, PasswordsThatDifferChangeNothing) {
  typed = {"correct horse", "correct house"};
  EXPECT_EQ(run({"user", "add", "anna"}), 1);
  EXPECT_THAT(err, HasSubstr("differ"));
  EXPECT_FALSE(account("anna"));
}

TEST_F(UserCommand, TakesThePasswordFromStandardInput) {
  EXPECT_EQ(run({"user", "add", "--admin", "--password-stdin", "anna"}, "correct horse\r\nmore"), 0) << err;
  EXPECT_EQ(account("anna")->password_hash, "hash of 13");
  EXPECT_EQ(account("anna")->role, model::Role::admin);
  EXPECT_EQ(run({"user", "add", "--password-stdin", "bob"}, ""), 1);
  EXPECT_THAT(err, HasSubstr("no password on standard input"));
}

TEST_F(UserCommand, ARandomPasswordIsPrintedOnce) {
  EXPECT_EQ(run({"user", "add", "--random-password", "--role", "operator", "anna"}), 0) << err;
  EXPECT_THAT(out, testing::ContainsRegex("password: [a-zA-Z2-9]{5}-[a-zA-Z2-9]{5}-[a-zA-Z2-9]{5}-[a-zA-Z2-9]{5}\n"));
  EXPECT_EQ(account("anna")->role, model::Role::operator_);
  EXPECT_EQ(run({"user", "list"}), 0);
  EXPECT_THAT(out, Not(testing::AnyOf(HasSubstr("hash"), HasSubstr("password"))));
  EXPECT_EQ(run({"--json", "user", "add", "--random-password", "bob"}), 0);
  EXPECT_THAT(out, testing::StartsWith(R"({"name":"bob","role":"viewer","password":")"));
}

TEST_F(UserCommand, RefusesWhatIsWrong) {
  EXPECT_EQ(run({"user", "add"}), 2);
  EXPECT_EQ(run({"user", "add", "a", "b"}), 2);
  EXPECT_EQ(run({"user", "add", "a\nb", "--random-password"}), 2);
  EXPECT_THAT(err, testing::AllOf(HasSubstr("user add: "), HasSubstr("must be 1 to 64 bytes of printable text")));
  EXPECT_EQ(run({"user", "add", "--role", "god", "anna"}), 2);
  EXPECT_EQ(run({"user", "add", "--admin", "--role", "viewer", "anna"}), 2);
  EXPECT_EQ(run({"user", "add", "--random-password", "--password-stdin", "anna"}), 2);
  EXPECT_EQ(run({"user", "add", "--password-stdin", "anna"}, "short\n"), 2);
  EXPECT_THAT(err, HasSubstr("too short"));
  EXPECT_EQ(run({"user", "add", "anna"}), 1);
  EXPECT_THAT(err, HasSubstr("no terminal"));
  EXPECT_TRUE(store->accounts()->accounts().empty());
}

TEST_F(UserCommand, ANameIsTakenOnce) {
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 0);
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 1);
  EXPECT_THAT(err, HasSubstr("already"));
  EXPECT_THAT(out, Not(HasSubstr("password:")));
}

TEST_F(UserCommand, PasswdChangesTheHash) {
  EXPECT_EQ(run({"user", "passwd", "--password-stdin", "anna"}, "correct horse\n"), 1);
  EXPECT_THAT(err, HasSubstr("no account anna"));
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 0);
  EXPECT_EQ(run({"user", "passwd", "--password-stdin", "anna"}, "correct horses\n"), 0) << err;
  EXPECT_EQ(account("anna")->password_hash, "hash of 14");
}

TEST_F(UserCommand, ListsAccounts) {
  EXPECT_EQ(run({"user", "add", "--random-password", "--admin", "Zoë"}), 0);
  EXPECT_EQ(run({"user", "list"}), 0);
  EXPECT_EQ(out,
            "ACCOUNT  ROLE   SIGNS IN  SEES          ADDED                    LAST SIGNED IN\n"
            "Zoë      admin  local     every server  2026-11-18 11:06:40 UTC  never\n");
  EXPECT_EQ(run({"user", "list", "--json"}), 0);
  EXPECT_EQ(out,
            "{\"items\":[{\"name\":\"Zoë\",\"role\":\"admin\",\"created_at\":1795000000,\"origin\":\"local\","
            "\"scope\":[],\"second_factor\":false}]}\n");
}

TEST_F(UserCommand, ChangesTheRoleButKeepsAnAdmin) {
  EXPECT_EQ(run({"user", "add", "--random-password", "--admin", "zoe"}), 0);
  EXPECT_EQ(run({"user", "role", "zoe", "auditor"}), 1);
  EXPECT_THAT(err, HasSubstr("last admin"));
  EXPECT_EQ(run({"user", "add", "--random-password", "--admin", "anna"}), 0);
  EXPECT_EQ(run({"user", "role", "zoe", "auditor"}), 0) << err;
  EXPECT_EQ(account("zoe")->role, model::Role::auditor);
  EXPECT_FALSE(account("zoe")->password_hash.empty());
  EXPECT_EQ(run({"user", "role", "zoe", "god"}), 2);
  EXPECT_EQ(run({"user", "role", "nobody", "viewer"}), 1);
  EXPECT_EQ(run({"user", "remove", "anna"}), 1);
  EXPECT_EQ(run({"user", "remove", "zoe"}), 0) << err;
  EXPECT_FALSE(account("zoe"));
  EXPECT_EQ(store->accounts()->audit(1).at(0).action, "account_removed");
}

TEST_F(UserCommand, GivesAScopeOfServerGroupsThatAreThere) {
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 0);
  EXPECT_EQ(run({"user", "scope", "anna", "north"}), 1);
  EXPECT_THAT(err, HasSubstr("no server group north"));
  EXPECT_EQ(run({"server-group", "set", "north", "oslo-*", "kiel-1"}), 0) << err;
  EXPECT_THAT(err, testing::AllOf(HasSubstr("no server here is called kiel-1 yet"), Not(HasSubstr("oslo"))));
  EXPECT_EQ(run({"server-group", "set", " north", "oslo-*"}), 2);
  EXPECT_THAT(err, HasSubstr("\" north\" cannot be its name"));
  EXPECT_EQ(run({"user", "scope", "anna", "north"}), 0) << err;
  EXPECT_EQ(account("anna")->scope, std::vector<std::string>{"north"});
  EXPECT_EQ(run({"server-group", "list"}), 0);
  EXPECT_THAT(out, HasSubstr("oslo-*, kiel-1"));
  EXPECT_EQ(run({"server-group", "remove", "north"}), 1);
  EXPECT_THAT(err, HasSubstr("anna"));
  EXPECT_EQ(run({"user", "scope", "anna"}), 2);
  EXPECT_EQ(run({"user", "scope", "anna", "--all"}), 0) << err;
  EXPECT_TRUE(account("anna")->scope.empty());
  EXPECT_EQ(run({"server-group", "remove", "north"}), 0) << err;
  EXPECT_EQ(run({"server-group", "set", "north"}), 2);
}

TEST_F(UserCommand, TakesALostSecondFactorAway) {
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 0);
  EXPECT_EQ(run({"user", "second-factor", "remove", "anna"}), 1);
  const model::SecondFactor factor{.secret = "SECRET", .confirmed = true};
  EXPECT_TRUE(store->accounts()->set_second_factor("anna", factor, {}));
  EXPECT_EQ(run({"user", "list"}), 0);
  EXPECT_THAT(out, HasSubstr("local + code"));
  EXPECT_EQ(run({"user", "second-factor", "remove", "anna"}), 0) << err;
  EXPECT_FALSE(account("anna")->second_factor);
}

TEST_F(UserCommand, LeavesAPasswordThatIsKeptElsewhere) {
  EXPECT_TRUE(store->accounts()->add_account({.name = "anna", .origin = model::AccountOrigin::ldap}));
  EXPECT_EQ(run({"user", "passwd", "--random-password", "anna"}), 1);
  EXPECT_EQ(run({"user", "role", "anna", "admin"}), 1);
  EXPECT_THAT(err, HasSubstr("elsewhere"));
}

TEST_F(UserCommand, TheAuditLogIsListedExportedAndChecked) {
  EXPECT_EQ(run({"user", "add", "--random-password", "anna"}), 0);
  EXPECT_EQ(run({"user", "add", "--random-password", "bob"}), 0);
  EXPECT_EQ(run({"audit", "--action", "account_added", "--limit", "1"}), 0) << err;
  EXPECT_THAT(out, testing::AllOf(HasSubstr("bob"), Not(HasSubstr("anna"))));
  EXPECT_THAT(out, HasSubstr(*api::local_account(getuid(), getuid()))) << "as the daemon calls them";
  EXPECT_EQ(run({"audit", "--export"}), 0);
  EXPECT_EQ(std::ranges::count(out, '\n'), 2);
  EXPECT_EQ(run({"audit", "--export", "--format", "csv"}), 0);
  EXPECT_THAT(out, testing::StartsWith("number,at,account,action"));
  EXPECT_EQ(run({"audit", "--check"}), 0);
  EXPECT_THAT(out, HasSubstr("the chain of 2 lines holds"));
  EXPECT_EQ(run({"audit", "--check", "--export"}), 2);
  EXPECT_EQ(run({"audit", "--format", "xml"}), 2);
}

TEST(RandomPassword, DiffersEveryTime) {
  EXPECT_NE(random_password(), random_password());
  EXPECT_EQ(random_password().size(), 23U);
}

}  // namespace
}  // namespace davylamp::app
