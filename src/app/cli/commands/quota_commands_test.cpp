#include "app/cli/cli_fixture.hpp"
#include "app/cli/limit_words.hpp"
#include "base/codec_read.hpp"

namespace davylamp::app {
namespace {

using model::LimitSubject;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class QuotaCommands : public CliTest {
 protected:
  QuotaCommands() {
    limits.groups = {{"everyone", {}, ""}, {"staff", {"anna", "bob"}, ""}};
    limits.limits = {limit(1, LimitSubject::user, "anna"), limit(2, LimitSubject::each, "staff"),
                     limit(3, LimitSubject::group, "staff")};
    serve();
  }
  static model::Limit limit(std::uint64_t id, LimitSubject kind, const std::string& subject) {
    model::Limit made;
    made.id = id;
    made.subject_kind = kind;
    made.subject = subject;
    made.bytes = 5'000'000'000;
    return made;
  }
  static model::Quota quota(std::uint64_t limit_id, const std::string& user) {
    model::Quota made;
    made.limit_id = limit_id;
    made.user = user;
    made.state = model::QuotaState::near;
    made.used_bytes = 4'500'000'000;
    made.allowed_bytes = made.limit_bytes = 5'000'000'000;
    made.resets_at = base::from_unix_seconds(1'796'083'200);
    made.runs_out_at = base::from_unix_seconds(1'795'090'000);
    return made;
  }
  void serve() { answers["GET /api/v1/limits"] = {200, base::json::write(limits)}; }
  void answer_quotas(const std::string& query, const std::vector<model::Quota>& items) {
    answers["GET /api/v1/quotas?" + query] = {
        200, "{\"items\":" + base::json::write(items) + ",\"total\":" + std::to_string(items.size()) + "}"};
  }
  model::Limit sent_limit() const { return base::value_or_throw(base::json::read<model::Limit>(asked.back().body)); }
  model::Limits limits;
};

TEST_F(QuotaCommands, ListIsInTheDaemonsOrder) {
  answer_quotas("limit=500&state=near", {quota(1, "zoe"), quota(2, "eve\x1b[2J")});
  EXPECT_EQ(run({"quota", "list", "--state", "near"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("4.50 GB"), HasSubstr("90 %"), HasSubstr("in 1 d 1 h"), HasSubstr("2 of 2 quotas"),
                         HasSubstr("2026-12-01 00:00 UTC"), Not(HasSubstr("\x1b"))));
  EXPECT_LT(out.find("zoe"), out.find("eve"));
  EXPECT_EQ(asked_at, "/var/lib/davylamp/control.sock");
}

TEST_F(QuotaCommands, ListFollowsPages) {
  answers["GET /api/v1/quotas?limit=500"] = {
      200, "{\"items\":" + base::json::write(std::vector{quota(1, "a")}) + ",\"total\":2,\"next_cursor\":\"x&y\"}"};
  answer_quotas("limit=500&cursor=x%26y", {quota(1, "b")});
  EXPECT_EQ(run({"quota", "list", "--json"}), 0) << err;
  EXPECT_EQ(base::json::parse(out)->at("items").as_array().size(), 2U);
}

TEST_F(QuotaCommands, ShowTellsEverythingThatBindsAUser) {
  answer_quotas("limit=500&q=anna", {quota(1, "anna"), quota(9, "annabel")});
  auto together = quota(3, "");
  together.group = "staff";
  answer_quotas("limit=500&group=staff", {together, quota(2, "bob")});
  answers["GET /api/v1/limits/1/periods?user=anna"] = {
      200, R"({"items":[{"limit_id":1,"user":"anna","start_at":1793491200,"end_at":1796083200,"used_bytes":7000,)"
           R"("allowed_bytes":8000}]})"};
  answers["GET /api/v1/limits/3/periods?user="] = {200, R"({"items":[]})"};
  limits.grants = {{4, 1, "", 1'000'000, {}, base::from_unix_seconds(1'796'083'200), "travels", "admin", 0}};
  limits.blocks = {{"anna", std::nullopt, "left\nus", "root", {}}};
  serve();
  EXPECT_EQ(run({"quota", "show", "anna"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("staff together"), HasSubstr("travels"), HasSubstr("7.00 kB"), HasSubstr("1.00 MB"),
                         HasSubstr("anna is blocked by root: left\\x0aus\n"), Not(HasSubstr("annabel"))));
}

TEST_F(QuotaCommands, SetMakesALimitWithTheConfiguredDefaults) {
  write_config("[quota]\nzone = \"Europe/Berlin\"\nbuffer_bytes = 20000000\n");
  answers["POST /api/v1/limits"] = {201, base::json::write(limit(7, LimitSubject::user, "zoe"))};
  EXPECT_EQ(run({"quota", "set", "zoe", "500", "MiB", "--period", "anniversary:15", "--thresholds", "95,50,50",
                 "--no-enforce", "--direction", "down"}),
            0)
      << err;
  const auto sent = sent_limit();
  EXPECT_EQ(sent.bytes, 524'288'000U);
  EXPECT_EQ(sent.period.zone, "Europe/Berlin");
  EXPECT_EQ(sent.period.anchor_day, 15U);
  EXPECT_EQ(sent.buffer_bytes, 20'000'000U);
  EXPECT_FALSE(sent.enforce);
  EXPECT_EQ(sent.direction, model::TrafficDirection::down);
  EXPECT_THAT(sent.thresholds, ElementsAre(50U, 95U));
  EXPECT_THAT(out, HasSubstr("limit 7: zoe, 5.00 GB down and up per month (UTC) is new"));
}

TEST_F(QuotaCommands, SetChangesTheLimitThereIsAndKeepsWhatIsNotSaid) {
  limits.limits[0].note = "contract 7";
  limits.limits[0].kernel_stop = true;
  serve();
  answers["PUT /api/v1/limits/1"] = {200, base::json::write(limits.limits[0])};
  EXPECT_EQ(run({"quota", "set", "anna", "8GB"}), 0) << err;
  EXPECT_EQ(sent_limit().bytes, 8'000'000'000U);
  EXPECT_EQ(sent_limit().note, "contract 7");
  EXPECT_TRUE(sent_limit().kernel_stop);
  EXPECT_THAT(out, HasSubstr("is changed"));
  answers["POST /api/v1/limits"] = {201, base::json::write(limits.limits[0])};
  EXPECT_EQ(run({"quota", "set", "anna", "1GB", "--period", "day"}), 0) << err;
  EXPECT_EQ(asked.back().method, "POST");
}

TEST_F(QuotaCommands, SetBindsGroupsInTwoWays) {
  answers["PUT /api/v1/limits/2"] = {200, base::json::write(limits.limits[1])};
  answers["PUT /api/v1/limits/3"] = {200, base::json::write(limits.limits[2])};
  EXPECT_EQ(run({"quota", "set", "--each", "staff", "1GB"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("each of staff"));
  EXPECT_EQ(run({"quota", "set", "--group", "staff", "1GB"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("staff together"));
}

TEST_F(QuotaCommands, WhatIsUnclearIsAskedBackAndNothingIsSent) {
  const std::vector<std::pair<std::vector<std::string_view>, std::string>> wrong{
      {{"quota", "set", "anna"}, "needs a volume"},
      {{"quota", "set", "anna", "20"}, "has no unit; write 20GB"},
      {{"quota", "set", "anna", "1GB", "--period", "rolling"}, "write --period rolling:30"},
      {{"quota", "set", "anna", "1GB", "--period", "month:3"}, "takes no number"},
      {{"quota", "set", "anna", "1GB", "--thresholds", "150"}, "percents like 50,80,95"},
      {{"quota", "set", "--each", "a", "--group", "b", "1GB"}, "take one"},
      {{"quota", "set", "anna", "1GB", "--enforce", "--no-enforce"}, "contradict"},
      {{"quota", "grant", "anna", "1GB"}, "--until"},
      {{"quota", "grant", "anna", "1GB", "--until", "12/01/2026"}, "write 2026-12-01"},
      {{"quota", "grant", "zoe", "1GB", "--until", "+3d"}, "no limit binds zoe alone"},
      {{"quota", "grant", "anna", "1GB", "--until", "+3d", "--limit", "99"}, "there is no limit 99"},
      {{"quota", "remove", "nobody"}, "has no limit alone"},
      {{"quota", "list", "--sort", "colour"}, "--sort must be"}};
  for (const auto& [words, what] : wrong) {
    EXPECT_EQ(run(words), 2) << out;
    EXPECT_THAT(err, HasSubstr(what));
  }
  for (const auto& request : asked) EXPECT_EQ(request.method, "GET");
}

TEST_F(QuotaCommands, AGrantNamesTheMemberOfAGroupsLimit) {
  const model::Grant grant{5, 2, "bob", 5'000'000'000, {}, base::from_unix_seconds(1'795'219'200), "", "", 0};
  answers["POST /api/v1/limits/2/grants"] = {201, base::json::write(grant)};
  EXPECT_EQ(run({"quota", "grant", "bob", "5GB", "--until", "friday", "--reason", "travels"}), 0) << err;
  const auto sent = base::json::parse(asked.back().body);
  EXPECT_EQ(sent->at("user").as_string(), "bob");
  EXPECT_EQ(sent->at("reason").as_string(), "travels");
  EXPECT_EQ(sent->at("until_at").to_number<std::int64_t>(), 1'795'219'200);
  EXPECT_THAT(out, HasSubstr("bob has 5.00 GB more until 2026-11-21 00:00 UTC"));
}

TEST_F(QuotaCommands, OfSeveralLimitsOneMustBeNamed) {
  limits.limits.push_back(limit(8, LimitSubject::user, "anna"));
  serve();
  EXPECT_EQ(run({"quota", "reset", "anna"}), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("name one with --limit"), HasSubstr("limit 1: anna"), HasSubstr("limit 8: anna")));
  answers["POST /api/v1/limits/8/reset"] = {204, ""};
  EXPECT_EQ(run({"quota", "reset", "anna", "--limit", "8"}), 0) << err;
  EXPECT_EQ(asked.back().body, "{}");
}

TEST_F(QuotaCommands, RemoveTakesAnIdOrAUserAndNeverGuesses) {
  answers["DELETE /api/v1/limits/1"] = {204, ""};
  EXPECT_EQ(run({"quota", "remove", "anna"}), 0) << err;
  EXPECT_EQ(run({"quota", "remove", "1", "--json"}), 0) << err;
  EXPECT_EQ(out, "{\"removed_limit_id\":1}\n");
  limits.limits.push_back(limit(9, LimitSubject::user, "1"));
  serve();
  EXPECT_EQ(run({"quota", "remove", "1"}), 2);
  EXPECT_THAT(err, HasSubstr("1 is a limit and a user"));
}

TEST_F(QuotaCommands, WhatTheDaemonRefusesIsOneLine) {
  answers["POST /api/v1/limits"] = {
      422, R"({"type":"invalid","title":"Invalid","status":422,"detail":"the limit is not valid",)"
           R"("members":{"period.zone":"there is no zone Mars"},"request_id":"1","newer":true})"};
  EXPECT_EQ(run({"quota", "set", "zoe", "1GB", "--zone", "Mars"}), 1);
  EXPECT_EQ(err, "davylamp quota set: the limit is not valid; period.zone: there is no zone Mars\n");
}

TEST_F(QuotaCommands, AnAnswerOfANewerDaemonIsUnderstood) {
  answers["GET /api/v1/quotas?limit=500"] = {200, R"({"items":[],"total":0,"colour":"red"})"};
  EXPECT_EQ(run({"quota", "list"}), 0) << err;
  answers["GET /api/v1/quotas?limit=500"] = {200, R"({"items":3})"};
  EXPECT_EQ(run({"quota", "list"}), 1);
  EXPECT_THAT(err, HasSubstr("of the same version?"));
}

}  // namespace
}  // namespace davylamp::app
