#include "sim/dialogue.hpp"

#include <gmock/gmock.h>

namespace davylamp::sim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const auto start = base::from_unix_seconds(1'795'000'000);

struct Talk {
  explicit Talk(ServerSettings settings = {}, std::uint64_t people = 3)
      : server(named(std::move(settings)), population(people), {}, 7, start), dialogue(server) {
    dialogue.opened();
  }
  static ServerSettings named(ServerSettings settings) {
    settings.name = "sim-01";
    settings.arrive_within = base::Milliseconds{1'000};
    return settings;
  }
  static std::vector<Person> population(std::uint64_t people) {
    Random random(1);
    std::vector<Person> all;
    PopulationSettings settings;
    settings.stubborn_share = 0;
    for (std::uint64_t number = 0; number < people; ++number) all.push_back(make_person(settings, number, random));
    return all;
  }
  std::string heard() { return std::exchange(server.output(), {}); }
  std::string ask(std::string_view command) {
    heard();
    dialogue.receive(command);
    dialogue.receive("\n");
    return heard();
  }
  void wait(base::Milliseconds time) {
    for (base::Milliseconds passed{0}; passed < time; passed += base::Milliseconds{20}) {
      now += base::Milliseconds{20};
      server.advance(now);
    }
  }

  Server server;
  Dialogue dialogue;
  base::Time now = start;
};

TEST(Dialogue, GreetsAndAnswers) {
  Talk talk;
  EXPECT_EQ(talk.heard(), ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
  EXPECT_THAT(talk.ask("version"),
              testing::MatchesRegex("OpenVPN Version: OpenVPN 2.6.14 .*\r\nManagement Version: 5\r\nEND\r\n"));
  EXPECT_THAT(talk.ask("pid"), StartsWith("SUCCESS: pid="));
  EXPECT_THAT(talk.ask("state"), HasSubstr(",CONNECTED,SUCCESS,10.8.0.1,,,,,fd08::1\r\nEND\r\n"));
  EXPECT_EQ(talk.ask("PID"), "ERROR: unknown command, enter 'help' for more options\r\n");
  EXPECT_EQ(talk.ask("version 3"), "");
  EXPECT_EQ(talk.ask("status 4"), "ERROR: bad status format version number\r\n");
  EXPECT_EQ(talk.ask("# nothing"), "");
}

TEST(Dialogue, AsksForThePasswordWithoutALineEndAndHangsUpAfterThree) {
  Talk talk({.password = "secret"});
  EXPECT_EQ(talk.heard(), "ENTER PASSWORD:");
  EXPECT_EQ(talk.ask("wrong"), "ENTER PASSWORD:");
  EXPECT_THAT(talk.ask("secret"), StartsWith("SUCCESS: password is correct\r\n>INFO"));
  Talk stubborn({.password = "secret"});
  stubborn.ask("one");
  stubborn.ask("two");
  stubborn.ask("three");
  EXPECT_TRUE(stubborn.dialogue.wants_close());
}

TEST(Dialogue, TellsOfClientsAndTheirBytes) {
  Talk talk;
  talk.ask("bytecount 1");
  talk.wait(base::Seconds{4});
  const auto heard = talk.heard();
  EXPECT_THAT(heard, HasSubstr(">CLIENT:ESTABLISHED,0\r\n"));
  EXPECT_THAT(heard, HasSubstr(">CLIENT:ENV,common_name="));
  EXPECT_THAT(heard, HasSubstr(">CLIENT:ENV,END\r\n"));
  EXPECT_THAT(heard, HasSubstr(">BYTECOUNT_CLI:0,"));
  EXPECT_EQ(talk.ask("nclients"), "SUCCESS: nclients=3\r\n");
}

TEST(Dialogue, ClientIdsBeginAnewAfterARestartAndSettingsStay) {
  Talk talk;
  talk.ask("state on");
  talk.ask("bytecount 1");
  talk.wait(base::Seconds{3});
  EXPECT_EQ(talk.ask("signal SIGUSR1"), "SUCCESS: signal SIGUSR1 thrown\r\n");
  for (int i = 0; i < 200; ++i) {
    talk.wait(base::Milliseconds{20});
    if (talk.server.life() == Server::Life::closing) talk.heard();
  }
  talk.wait(base::Seconds{4});
  const auto heard = talk.heard();
  EXPECT_THAT(heard, HasSubstr(",RECONNECTING,SIGUSR1,"));
  EXPECT_THAT(heard, HasSubstr(",CONNECTED,SUCCESS,"));
  EXPECT_THAT(heard, Not(HasSubstr("ASSIGN_IP")));
  EXPECT_THAT(heard, HasSubstr(">CLIENT:ESTABLISHED,0\r\n"));
  EXPECT_THAT(heard, HasSubstr(">BYTECOUNT_CLI:0,"));
}

TEST(Dialogue, AMonitorThatDoesNotReadStopsARestart) {
  Talk talk;
  talk.wait(base::Seconds{2});
  talk.dialogue.receive("signal SIGUSR1\n");
  talk.wait(base::Seconds{20});
  EXPECT_EQ(talk.server.life(), Server::Life::closing);
  talk.heard();
  talk.wait(base::Seconds{3});
  EXPECT_EQ(talk.server.life(), Server::Life::up);
}

TEST(Dialogue, AHeldServerServesNobodyUntilItIsReleased) {
  Talk talk({.hold = true});
  EXPECT_THAT(talk.heard(), HasSubstr(">HOLD:Waiting for hold release:0\r\n"));
  EXPECT_EQ(talk.ask("status 3"), "ERROR: The 'status' command is not supported by the current daemon mode\r\n");
  EXPECT_EQ(talk.ask("hold release"), "SUCCESS: hold release succeeded\r\n");
  EXPECT_THAT(talk.ask("status 3"), HasSubstr("END\r\n"));
}

TEST(Dialogue, TheEnvironmentFilterOutlivesTheConnection) {
  Talk talk;
  talk.ask("env-filter 2");
  talk.dialogue.closed();
  talk.dialogue.opened();
  talk.wait(base::Seconds{3});
  EXPECT_THAT(talk.heard(), Not(HasSubstr(">CLIENT:ENV,common_name=")));
}

TEST(Dialogue, QuotedNamesAreKilledAndUnquotedOnesAreCut) {
  Talk talk;
  talk.wait(base::Seconds{2});
  EXPECT_EQ(talk.ask("kill Smith, John \"ops\""), "ERROR: common name 'Smith,' not found\r\n");
  EXPECT_EQ(talk.ask(R"(kill "Smith, John \"ops\"")"),
            "SUCCESS: common name 'Smith, John \"ops\"' found, 1 client(s) killed\r\n");
  EXPECT_EQ(talk.ask("kill \"open"), "ERROR: Options error: No closing quotation (\") in TCP:0\r\n");
  EXPECT_THAT(talk.ask("kill " + std::string(300, 'k')),
              StartsWith("ERROR: Options error: Parameter at TCP:0 is too long"));
}

}  // namespace
}  // namespace davylamp::sim
