#include "app/cli/cli_fixture.hpp"
#include "base/codec.hpp"
#include "contract/queries.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AttemptsCommand : public CliTest {
 protected:
  AttemptsCommand() {
    contract::AttemptRow row;
    row.address = *model::Address::parse("198.51.100.42");
    row.protocol = "udp";
    row.port = std::uint16_t{1194};
    row.outcome = model::AttemptOutcome::failed;
    row.why = "auth_failed";
    row.user = "eve\x1b[2J";
    row.server = "udp";
    row.count = 12;
    page.items = {row};
    page.total = 7;
  }
  contract::AttemptPage page;
};

TEST_F(AttemptsCommand, ShowsWhoTriedAndWhy) {
  answers["GET /api/v1/attempts"] = {200, base::json::write(page)};
  EXPECT_EQ(run({"attempts"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("198.51.100.42"), HasSubstr("auth_failed"), HasSubstr("udp 1194"), HasSubstr("12"),
                         HasSubstr("1 of 7 rows"), Not(HasSubstr("\x1b"))));
}

TEST_F(AttemptsCommand, AsksForWhatTheOptionsSay) {
  answers["GET /api/v1/attempts?hours=2&limit=5&outcome=failed&server=a%26b"] = {200, base::json::write(page)};
  EXPECT_EQ(run({"attempts", "--hours", "2", "--limit", "5", "--outcome", "failed", "--server", "a&b", "--json"}), 0)
      << err;
  EXPECT_EQ(out, base::json::write(page) + "\n");
}

TEST_F(AttemptsCommand, SaysWhenThereAreNone) {
  answers["GET /api/v1/attempts"] = {200, base::json::write(contract::AttemptPage{})};
  EXPECT_EQ(run({"attempts"}), 0) << err;
  EXPECT_EQ(out, "No attempts were logged in these hours.\n");
}

TEST_F(AttemptsCommand, RefusesWrongOptions) {
  EXPECT_EQ(run({"attempts", "--hours", "0"}), 2);
  EXPECT_EQ(run({"attempts", "--hours", "745"}), 2);
  EXPECT_EQ(run({"attempts", "--outcome", "perhaps"}), 2);
  EXPECT_EQ(run({"attempts", "eve"}), 2);
}

}  // namespace
}  // namespace davylamp::app
