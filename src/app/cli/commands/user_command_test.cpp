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
            "ACCOUNT  ROLE   ADDED                    LAST SIGNED IN\n"
            "Zoë      admin  2026-11-18 11:06:40 UTC  never\n");
  EXPECT_EQ(run({"user", "list", "--json"}), 0);
  EXPECT_EQ(out, "{\"items\":[{\"name\":\"Zoë\",\"role\":\"admin\",\"created_at\":1795000000}]}\n");
}

TEST(RandomPassword, DiffersEveryTime) {
  EXPECT_NE(random_password(), random_password());
  EXPECT_EQ(random_password().size(), 23U);
}

}  // namespace
}  // namespace davylamp::app
