#include "sim/server.hpp"

#include <gmock/gmock.h>

namespace davylamp::sim {
namespace {

using testing::HasSubstr;

const auto start = base::from_unix_seconds(1'795'000'000);

struct Site {
  explicit Site(std::uint64_t people, PopulationSettings population = {}, ServerSettings settings = {},
                Hooks* hooks = nullptr)
      : server(named(std::move(settings)), make(people, population),
               {hooks, [this](const Account& account) { ended.push_back(account); }}, 3, start) {}
  static ServerSettings named(ServerSettings settings) {
    settings.name = "sim-01";
    settings.arrive_within = base::Milliseconds{500};
    return settings;
  }
  static std::vector<Person> make(std::uint64_t people, PopulationSettings population) {
    Random random(5);
    population.stubborn_share = 0;
    std::vector<Person> all;
    for (std::uint64_t number = 0; number < people; ++number) all.push_back(make_person(population, number, random));
    return all;
  }
  void wait(base::Milliseconds time) {
    for (base::Milliseconds passed{0}; passed < time; passed += base::Milliseconds{20}) {
      now += base::Milliseconds{20};
      server.advance(now);
    }
  }
  std::string status(int format) {
    std::string text;
    server.append_status(text, format, true);
    return text;
  }

  std::vector<Account> ended;
  Server server;
  base::Time now = start;
};

class CountingHooks : public Hooks {
 public:
  bool connect(const std::vector<std::string>& environment) override {
    connected.push_back(environment);
    return accepts;
  }
  bool disconnect(const std::vector<std::string>& environment) override {
    disconnected.push_back(environment);
    return true;
  }
  bool accepts = true;
  std::vector<std::vector<std::string>> connected;
  std::vector<std::vector<std::string>> disconnected;
};

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// Rows of clients that have a place in the tunnel.
std::size_t sessions_in(std::string_view text) {
  return count(text, "\tAES-256-GCM\r\n");
}

class Formats : public testing::TestWithParam<std::tuple<Version, int>> {};

// What Davylamp makes of these texts is tests/e2e/test_sim.py.
TEST_P(Formats, HaveARowForEveryClientAndTwoRoutes) {
  const auto [version, format] = GetParam();
  Site site(60, {}, {.version = version});
  site.wait(base::Seconds{3});
  const auto text = site.status(format);
  EXPECT_THAT(text, testing::EndsWith("END\r\n"));
  const auto mark = format == 3 ? "\t" : ",";
  if (format == 1) {
    EXPECT_EQ(count(text, "\r\n"), 3U + 60 + 2 + 120 + 3) << text;
  } else {
    EXPECT_EQ(count(text, "\r\nCLIENT_LIST" + std::string(mark)), 60U);
    EXPECT_EQ(count(text, "\r\nROUTING_TABLE" + std::string(mark)), 120U);
  }
}
INSTANTIATE_TEST_SUITE_P(All, Formats,
                         testing::Combine(testing::Values(Version::v2_4, Version::v2_6, Version::v2_7),
                                          testing::Values(1, 2, 3)));

TEST(SimulatedServer, HandshakesAreNoSessions) {
  Site site(5);
  site.wait(base::Seconds{2});
  site.server.come("late.comer");
  const auto text = site.status(3);
  EXPECT_EQ(sessions_in(text), 5U);
  EXPECT_THAT(text, HasSubstr("CLIENT_LIST\tUNDEF\t"));
  site.wait(base::Seconds{1});
  const auto later = site.status(3);
  EXPECT_EQ(sessions_in(later), 6U);
}

TEST(SimulatedServer, NobodyMovesOrLeavesOnceItIsFrozen) {
  ServerSettings settings;
  settings.habits = {.session_seconds = 5, .away_seconds = 1};
  Site site(20, {}, settings);
  site.wait(base::Seconds{20});
  ASSERT_FALSE(site.ended.empty());
  site.server.freeze();
  site.wait(base::Seconds{10});
  const auto ended = site.ended.size();
  const auto text = site.status(2).substr(site.status(2).find("CLIENT_LIST"));
  site.wait(base::Seconds{30});
  EXPECT_EQ(site.ended.size(), ended);
  EXPECT_EQ(site.status(2).substr(site.status(2).find("CLIENT_LIST")), text);
}

TEST(SimulatedServer, AKilledClientReturnsBeforeItsOldInstanceIsGone) {
  Site site(1);
  site.wait(base::Seconds{2});
  EXPECT_FALSE(site.server.client_kill(77, "RESTART"));
  EXPECT_TRUE(site.server.client_kill(0, "RESTART"));
  site.wait(base::Seconds{3});
  EXPECT_EQ(site.server.established_count(), 2U);
  site.wait(base::Seconds{3});
  EXPECT_EQ(site.server.established_count(), 1U);
  ASSERT_EQ(site.ended.size(), 1U);
  EXPECT_EQ(site.ended[0].client_id, 0U);
}

TEST(SimulatedServer, AClientThatIsToldToHaltStaysAway) {
  for (const auto* message : {"HALT", "AUTH_FAILED,Quota exceeded"}) {
    Site site(1);
    site.wait(base::Seconds{2});
    site.server.client_kill(0, message);
    site.wait(base::Seconds{60});
    EXPECT_EQ(site.server.established_count(), 0U) << message;
  }
}

TEST(SimulatedServer, TheDisconnectHookHasTheTruth) {
  CountingHooks hooks;
  Site site(1, {}, {}, &hooks);
  site.wait(base::Seconds{2});
  const auto name = site.server.person(site.server.instances()[0]).name;
  site.server.move(name, 1'000'000, 2'000'000);
  site.server.leave(name, false);
  site.wait(base::Seconds{6});
  ASSERT_EQ(site.ended.size(), 1U);
  const auto& account = site.ended[0];
  EXPECT_EQ(account.told_by, ToldBy::hook);
  EXPECT_EQ(account.told_rx_bytes, account.rx_bytes);
  EXPECT_GT(account.rx_bytes, 1'000'000U);
  ASSERT_EQ(hooks.disconnected.size(), 1U);
  EXPECT_THAT(hooks.disconnected[0], testing::Contains("bytes_received=" + std::to_string(account.rx_bytes)));
  EXPECT_THAT(hooks.disconnected[0], testing::Contains("time_unix=" + std::to_string(account.since)));
}

TEST(SimulatedServer, ARefusedLoginIsAnnouncedWithoutAnAddressAndGetsItsDisconnectHook) {
  CountingHooks hooks;
  hooks.accepts = false;
  Site site(1, {}, {}, &hooks);
  site.server.attach();
  site.wait(base::Seconds{2});
  EXPECT_THAT(site.server.output(), HasSubstr(">CLIENT:ESTABLISHED,0"));
  const auto text = site.status(3);
  EXPECT_THAT(text, HasSubstr("BF-CBC"));
  EXPECT_EQ(sessions_in(text), 0U);
  site.wait(base::Seconds{6});
  EXPECT_EQ(hooks.disconnected.size(), 1U);
  EXPECT_FALSE(site.ended.at(0).was_session);
}

TEST(SimulatedServer, ADeadProcessRunsNoHookAndComesBackAsAnother) {
  CountingHooks hooks;
  Site site(2, {}, {}, &hooks);
  site.wait(base::Seconds{2});
  const auto process = site.server.process_id();
  site.server.die();
  EXPECT_FALSE(site.server.listening());
  EXPECT_EQ(hooks.disconnected.size(), 0U);
  site.wait(base::Seconds{12});
  EXPECT_TRUE(site.server.listening());
  EXPECT_NE(site.server.process_id(), process);
  EXPECT_EQ(site.server.established_count(), 2U);
}

TEST(SimulatedServer, ALongRowEndsTheStatusWithoutEnd) {
  Site site(2, {.long_username = true});
  site.wait(base::Seconds{2});
  EXPECT_THAT(site.status(3), testing::Not(HasSubstr("END\r\n")));
  EXPECT_THAT(site.status(1), HasSubstr("END\r\n"));
}

TEST(SimulatedServer, TheSameSeedGivesTheSameTruth) {
  const auto truth = [] {
    Site site(20, {.hostile = true}, {.habits = {.session_seconds = 5, .away_seconds = 1}});
    site.wait(base::Seconds{30});
    std::vector<std::tuple<std::string, std::int64_t, std::uint64_t>> all;
    for (const auto& account : site.ended) all.emplace_back(account.common_name, account.since, account.rx_bytes);
    return all;
  };
  const auto once = truth();
  EXPECT_GT(once.size(), 20U);
  EXPECT_EQ(once, truth());
}

}  // namespace
}  // namespace davylamp::sim
