#include "app/cli/cli_fixture.hpp"
#include "base/codec_read.hpp"
#include "contract/queries.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LiveCommands : public CliTest {
 protected:
  void answer_sessions(const std::string& user, const std::vector<model::SessionId>& ids) {
    contract::SessionPage page;
    for (const auto id : ids) page.items.emplace_back().id = id;
    answers["GET /api/v1/sessions?state=open&limit=1000&user=" + user] = {200, base::json::write(page)};
  }
};

TEST_F(LiveCommands, BlockSaysUntilWhenAndWhy) {
  answers["POST /api/v1/users/anna%2Fx/block"] = {
      200,
      R"({"user":"anna/x","until_at":1795219200,"reason":"lost phone","blocked_by":"local:root","at":1795000000})"};
  EXPECT_EQ(run({"block", "anna/x", "--until", "friday", "--reason", "lost phone"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"until_at":1795219200,"reason":"lost phone"})");
  EXPECT_EQ(out, "anna/x is blocked until 2026-11-21 00:00 UTC\n");
  EXPECT_EQ(run({"block", "anna"}), 2);
  EXPECT_THAT(err, HasSubstr("--reason"));
  answers["DELETE /api/v1/users/anna/block"] = {204, ""};
  EXPECT_EQ(run({"unblock", "anna"}), 0) << err;
}

TEST_F(LiveCommands, DisconnectEndsASessionOrAllOfAUser) {
  answer_sessions("anna", {3, 4});
  answer_sessions("12", {});
  for (const auto* id : {"3", "12"}) {
    answers["POST /api/v1/sessions/" + std::string(id) + "/end"] = {200, R"({"ok":true,"text":"ended"})"};
  }
  answers["POST /api/v1/sessions/4/end"] = {409, R"({"detail":"the server does not know it"})"};
  EXPECT_EQ(run({"disconnect", "12", "--halt", "--reason", "enough"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"mode":"halt","reason":"enough"})");
  EXPECT_EQ(run({"disconnect", "anna"}), 1);
  EXPECT_EQ(out, "session 3: ended\n");
  EXPECT_EQ(err, "session 4: the server does not know it\n");
}

TEST_F(LiveCommands, DisconnectNeverGuesses) {
  answer_sessions("12", {7});
  EXPECT_EQ(run({"disconnect", "12"}), 2);
  EXPECT_THAT(err, HasSubstr("also the name of a user"));
  answer_sessions("zoe", {});
  EXPECT_EQ(run({"disconnect", "zoe"}), 1);
  EXPECT_THAT(err, HasSubstr("zoe is not connected"));
}

TEST_F(LiveCommands, GroupsAreReplacedOrChanged) {
  model::Limits limits;
  limits.groups = {{"everyone", {}, ""}, {"staff", {"anna", "bob"}, "since May"}};
  answers["GET /api/v1/limits"] = {200, base::json::write(limits)};
  answers["PUT /api/v1/groups/staff"] = {200, base::json::write(limits.groups[1])};
  EXPECT_EQ(run({"group", "set", "staff", "zoe"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"members":["zoe"],"note":"since May"})");
  EXPECT_EQ(run({"group", "set", "staff", "--add", "zoe", "anna"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"members":["bob","zoe","anna"],"note":"since May"})");
  EXPECT_EQ(run({"group", "set", "staff", "--remove", "bob"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"members":["anna"],"note":"since May"})");
  EXPECT_EQ(run({"group", "list"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("every user"), HasSubstr("anna, bob"), HasSubstr("since May")));
  EXPECT_EQ(run({"group", "set", "staff", "--add"}), 2);
}

TEST_F(LiveCommands, TheHouseIsTold) {
  store->accounts()->append_audit({clock.now(), "local:root", "user_blocked", "eve\x1b[2J", "local", "why not"});
  EXPECT_EQ(run({"audit"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("local:root"), HasSubstr("why not"), Not(HasSubstr("\x1b"))));
  answers["GET /api/v1/jobs"] = {
      200, R"({"items":[{"name":"vacuum","ok":true,"text":""},)"
           R"({"name":"backup","began_at":1795000000,"ended_at":1795000001,"ok":false,"text":"the disk is full"}]})"};
  EXPECT_EQ(run({"jobs"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("not yet"), HasSubstr("failed"), HasSubstr("the disk is full")));
  answers["POST /api/v1/jobs/backup/run"] = {202, ""};
  EXPECT_EQ(run({"jobs", "run", "backup"}), 0) << err;
  answers["GET /api/v1/losses"] = {200, R"({"items":[]})"};
  EXPECT_EQ(run({"losses"}), 0) << err;
  EXPECT_EQ(out, "Nothing was lost since the daemon started.\n");
  answers["GET /api/v1/privacy"] = {
      200, R"({"mode":"truncated","statement":["Addresses are cut."],"retention":{"days":0,"events":90}})"};
  EXPECT_EQ(run({"privacy", "show"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("mode truncated"), HasSubstr("Addresses are cut."), HasSubstr("for ever")));
}

TEST_F(LiveCommands, AnExportIsForItsOwnerAloneAndReplacesNothing) {
  answers["GET /api/v1/users/anna/export"] = {200, R"({"user":"anna"})"};
  EXPECT_EQ(run({"privacy", "export", "anna"}), 0) << err;
  EXPECT_EQ(out, "{\"user\":\"anna\"}\n");
  const auto path = folder + "/anna.json";
  EXPECT_EQ(run({"privacy", "export", "anna", path}), 0) << err;
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(run({"privacy", "export", "anna", path}), 1);
  EXPECT_THAT(err, HasSubstr("is there already"));
}

TEST_F(LiveCommands, EraseWantsAYes) {
  EXPECT_EQ(run({"privacy", "erase", "anna"}), 2);
  EXPECT_THAT(err, HasSubstr("add --yes"));
  EXPECT_TRUE(asked.empty());
  answers["DELETE /api/v1/users/anna"] = {200, R"({"rows":12})"};
  EXPECT_EQ(run({"privacy", "erase", "anna", "--yes"}), 2);
  EXPECT_THAT(err, HasSubstr("--reason"));
  EXPECT_EQ(run({"privacy", "erase", "anna", "--yes", "--reason", "asked to"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"reason":"asked to"})");
  EXPECT_THAT(out, HasSubstr("12 rows"));
  answers["DELETE /api/v1/users/anna"] = {409, R"({"detail":"anna is connected; disconnect her first"})"};
  EXPECT_EQ(run({"privacy", "erase", "anna", "--yes", "--reason", "asked to"}), 1);
  EXPECT_THAT(err, HasSubstr("anna is connected"));
}

}  // namespace
}  // namespace davylamp::app
