// The commands on agents, alerts, silences and channels: what they ask the daemon, and what they print.
#include "api/dto/agents.hpp"
#include "api/dto/alerts.hpp"
#include "app/cli/cli_fixture.hpp"
#include "base/codec_read.hpp"

namespace davylamp::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AlertCommands : public CliTest {
 protected:
  static api::AgentView agent(const std::string& name) {
    api::AgentView agent;
    agent.settings.name = name;
    agent.verdict = model::Verdict::leaking;
    agent.sentence = "Leaking DNS: \x1b[31m198.51.100.53 answers.";
    agent.exit_v4 = model::AgentExit{.address = *model::Address::parse("203.0.113.5")};
    return agent;
  }
  void serve_agents(const std::vector<api::AgentView>& agents) {
    answers["GET /api/v1/agents"] = {200, base::json::write(api::AgentList{agents})};
  }
};

TEST_F(AlertCommands, AgentsAreListedWithTheirVerdict) {
  serve_agents({agent("office")});
  EXPECT_EQ(run({"agents"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("office"), HasSubstr("leaking"), HasSubstr("203.0.113.5"), HasSubstr("never"),
                         HasSubstr("Leaking DNS"), Not(HasSubstr("\x1b"))));
}

TEST_F(AlertCommands, OneAgentIsShownWithEvidenceAndUptime) {
  api::AgentDetail detail{agent("office"), {}};
  detail.agent.findings = {{.kind = model::FindingKind::dns_leak, .text = "A resolver is not expected."}};
  detail.agent.resolvers = {{.what = "resolver", .value = "198.51.100.53", .as_expected = false, .text = "Outside."}};
  detail.history.uptime = {{.days = 7, .up_seconds = 99'990, .down_seconds = 10}};
  answers["GET /api/v1/agents/office"] = {200, base::json::write(detail)};
  EXPECT_EQ(run({"agents", "office"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("dns_leak since"), HasSubstr("!  resolver"), HasSubstr("99.99 %"), HasSubstr("10 s"),
                         Not(HasSubstr("\x1b"))));
}

TEST_F(AlertCommands, AddRegistersAndThenChangesWhatIsTyped) {
  serve_agents({});
  answers["PUT /api/v1/agents/office"] = {201, base::json::write(model::AgentSettings{.name = "office"})};
  EXPECT_EQ(run({"agents", "add", "office", "--interval", "30", "--expect-country", "DE,NL", "--dns", "strict"}), 0)
      << err;
  auto sent = base::value_or_throw(base::json::read<model::AgentSettings>(asked.back().body));
  EXPECT_EQ(sent.interval_seconds, 30U);
  EXPECT_EQ(sent.exit.countries, (std::vector<std::string>{"DE", "NL"}));
  EXPECT_EQ(sent.resolver.tolerance, model::DnsTolerance::strict);
  EXPECT_THAT(out, HasSubstr("is registered"));
  auto known = agent("office");
  known.settings = sent;
  serve_agents({known});
  EXPECT_EQ(run({"agents", "add", "office", "--pause"}), 0) << err;
  sent = base::value_or_throw(base::json::read<model::AgentSettings>(asked.back().body));
  EXPECT_TRUE(sent.paused);
  EXPECT_EQ(sent.interval_seconds, 30U);
}

TEST_F(AlertCommands, AddRefusesWhatItCannotRead) {
  serve_agents({});
  EXPECT_EQ(run({"agents", "add"}), 2);
  EXPECT_EQ(run({"agents", "add", "office", "--interval", "soon"}), 2);
  EXPECT_EQ(run({"agents", "add", "office", "--dns", "never"}), 2);
  EXPECT_EQ(run({"agents", "add", "office", "--pause", "--resume"}), 2);
}

TEST_F(AlertCommands, ATokenStandsAloneOnStandardOutput) {
  answers["POST /api/v1/agents/office/token"] = {201, R"({"token":"abc","expires_at":1795086400})"};
  EXPECT_EQ(run({"agents", "token", "office", "--one-time"}), 0) << err;
  EXPECT_EQ(out, "abc\n");
  EXPECT_THAT(err, HasSubstr("for one enrolment, until"));
  EXPECT_EQ(asked.back().body, R"({"one_time":true})");
  answers["DELETE /api/v1/agents/office/token"] = {204, ""};
  EXPECT_EQ(run({"agents", "token", "office", "--revoke"}), 0) << err;
}

TEST_F(AlertCommands, AnAgentThatIsNotThereIsAFailure) {
  EXPECT_EQ(run({"agents", "remove", "ghost"}), 1);
  EXPECT_THAT(err, HasSubstr("there is no such thing"));
}

TEST_F(AlertCommands, AlertsShowWhatIsOpenUnlessAllIsAsked) {
  model::Incident incident{.id = 7, .subject = "office\x1b[2J", .title = "office leaks DNS"};
  incident.state = model::IncidentState::firing;
  incident.acknowledged_by = "anna";
  answers["GET /api/v1/incidents?limit=500&open=true"] = {
      200, "{\"items\":" + base::json::write(std::vector{incident}) + ",\"total\":1}"};
  EXPECT_EQ(run({"alerts"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("firing, taken by anna"), HasSubstr("office leaks DNS"), HasSubstr("1 of 1"),
                         Not(HasSubstr("\x1b"))));
  answers["GET /api/v1/incidents?limit=500"] = {200, R"({"items":[],"total":0})"};
  EXPECT_EQ(run({"alerts", "--all"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("nothing was that is kept"));
}

TEST_F(AlertCommands, AckTakesOneId) {
  answers["POST /api/v1/incidents/7/acknowledge"] = {202, R"({"ok":true,"text":""})"};
  EXPECT_EQ(run({"alerts", "ack", "7"}), 0) << err;
  EXPECT_EQ(run({"alerts", "ack", "seven"}), 2);
}

TEST_F(AlertCommands, RulesAreListed) {
  answers["GET /api/v1/alert-rules"] = {
      200, R"({"items":[{"id":3,"name":"Down","condition":"agent_down","hold_seconds":60,"enabled":false}]})"};
  EXPECT_EQ(run({"alerts", "rules"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("agent_down"), HasSubstr("off")));
}

TEST_F(AlertCommands, ASilenceHasAnEndAndAReason) {
  EXPECT_EQ(run({"silence", "add", "office-*", "--until", "+2h"}), 2);
  answers["POST /api/v1/silences"] = {201, R"({"id":4,"subject":"office-*","ends_at":1795007200})"};
  EXPECT_EQ(run({"silence", "add", "office-*", "--until", "+2h", "--reason", "cables", "--maintenance"}), 0) << err;
  const auto sent = base::value_or_throw(base::json::read<model::Silence>(asked.back().body));
  EXPECT_EQ(sent.ends_at, clock.now() + base::Seconds(7'200));
  EXPECT_TRUE(sent.maintenance);
  EXPECT_THAT(out, HasSubstr("silence 4 over office-*"));
  EXPECT_EQ(run({"silence", "add", "--until", "+2h", "--reason", "r", "--condition", "rain"}), 2);
}

TEST_F(AlertCommands, SilencesThatAreOverAreLeftOut) {
  api::SilenceList list;
  list.items.push_back({.id = 1, .ends_at = clock.now() - base::Seconds(1), .reason = "past"});
  list.items.push_back({.id = 2, .ends_at = clock.now() + base::Seconds(1), .reason = "cables"});
  answers["GET /api/v1/silences"] = {200, base::json::write(list)};
  EXPECT_EQ(run({"silence", "list"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("cables"), Not(HasSubstr("past"))));
  answers["DELETE /api/v1/silences/2"] = {204, ""};
  EXPECT_EQ(run({"silence", "end", "2"}), 0) << err;
}

TEST_F(AlertCommands, AChannelThatRefusesIsAFailure) {
  answers["GET /api/v1/channels"] = {200, base::json::write(api::ChannelList{{{.name = "ops", .kind = "ntfy"}}})};
  EXPECT_EQ(run({"channels"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("ops"), HasSubstr("never")));
  answers["POST /api/v1/channels/ops/test"] = {200, R"({"ok":false,"text":"403: forbidden"})"};
  EXPECT_EQ(run({"channels", "test", "ops"}), 1);
  EXPECT_THAT(out, HasSubstr("403: forbidden"));
}

}  // namespace
}  // namespace davylamp::app
