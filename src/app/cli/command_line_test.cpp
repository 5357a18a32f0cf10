#include "app/cli/cli_fixture.hpp"
#include "base/codec_read.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CommandLine : public CliTest {
 protected:
  static model::Session session(model::SessionId id, const std::string& user) {
    model::Session made;
    made.id = id;
    made.server = "udp";
    made.source = "openvpn";
    made.user = user;
    made.transport = "udp";
    made.real_address = *model::Address::parse("8.8.8.8");
    made.real_port = 4711;
    made.virtual_address = *model::Address::parse("10.8.0.2");
    made.opened_at = base::from_unix_seconds(1'794'999'000);
    made.last_seen_at = base::from_unix_seconds(1'794'999'990);
    made.rx_bytes = 1'000 * id;
    made.tx_bytes = 2'000 * id;
    return made;
  }
  static model::Session closed(model::Session session) {
    session.state = model::SessionState::closed;
    session.closed_at = base::from_unix_seconds(1'794'999'500);
    session.end_reason = model::EndReason::left;
    return session;
  }
  void commit(std::vector<model::Session> sessions) {
    contract::Batch batch;
    batch.number = ++batches_;
    for (auto& item : sessions) {
      batch.sessions.push_back({{"edge-1", "openvpn", "udp"}, "peer" + std::to_string(item.id), std::move(item)});
    }
    model::Server server;
    server.name = "udp";
    server.source = "openvpn";
    server.state = model::ServerState::up;
    server.health = "all is well";
    server.since_at = base::from_unix_seconds(1'794'990'000);
    server.last_snapshot_at = base::from_unix_seconds(1'794'999'999);
    server.sessions = 2;
    batch.servers.push_back(server);
    store->writer()->commit(batch);
  }
  std::uint64_t batches_ = 0;
};

TEST_F(CommandLine, AWrongCallIsOneLine) {
  for (const auto& words : std::vector<std::vector<std::string_view>>{{},
                                                                      {"sessoins"},
                                                                      {"user"},
                                                                      {"sessions", "--bogus"},
                                                                      {"sessions", "--limit", "0"},
                                                                      {"sessions", "--state", "ajar"},
                                                                      {"status", "now"}}) {
    EXPECT_EQ(run(words), 2);
    EXPECT_EQ(std::ranges::count(err, '\n'), 1) << err;
    EXPECT_THAT(err, HasSubstr("see davylamp help"));
    EXPECT_EQ(out, "");
  }
}

TEST_F(CommandLine, WordsThatNameNoCommandAreAnsweredWithThoseThereAre) {
  run({"user", "frob"});
  EXPECT_THAT(err, AllOf(HasSubstr("there is no user frob; there are add, "), HasSubstr(" and "),
                         HasSubstr("second-factor remove"), HasSubstr("see davylamp help user\n")));
  run({"user"});
  EXPECT_THAT(err, HasSubstr("one more word; there are add, "));
  run({"user", "second-factor", "add", "anna"});
  EXPECT_THAT(err, HasSubstr("there is no user second-factor add; there are remove; see"));
  run({"sesions"});
  EXPECT_THAT(err, HasSubstr("there is no command sesions; did you mean sessions? see davylamp help"));
  run({"frob\x1b[2J"});
  EXPECT_THAT(err, AllOf(HasSubstr("there is no command frob"), Not(HasSubstr("\x1b")), Not(HasSubstr("mean"))));
}

TEST_F(CommandLine, HelpListsEveryCommand) {
  EXPECT_EQ(run({"help"}), 0);
  for (const auto& command : commands()) EXPECT_THAT(out, HasSubstr("  " + std::string(command.name) + " "));
  EXPECT_EQ(run({"help", "user"}), 0);
  EXPECT_THAT(out,
              AllOf(HasSubstr("davylamp user add NAME"), HasSubstr("davylamp user list"), Not(HasSubstr("sessions"))));
  EXPECT_EQ(run({"sessions", "--help"}), 0);
  EXPECT_THAT(out, HasSubstr("usage: davylamp sessions [--state"));
}

TEST_F(CommandLine, ABadConfigurationIsToldByEveryCommandThatReadsIt) {
  write_config("[serve]\nlissten = 1\n");
  for (const auto& words : std::vector<std::vector<std::string_view>>{{"status"},
                                                                      {"sessions"},
                                                                      {"servers"},
                                                                      {"user", "list"},
                                                                      {"check"},
                                                                      {"user", "add", "--random-password", "anna"}}) {
    EXPECT_EQ(run(words), 2);
    EXPECT_THAT(err, HasSubstr("serve.lissten: unknown key; did you mean listen?"));
  }
}

TEST_F(CommandLine, WithoutAStoreItSaysWhoMakesOne) {
  std::filesystem::remove(folder + "/davylamp.db");
  EXPECT_EQ(run({"sessions"}), 1);
  EXPECT_THAT(err, HasSubstr("davylampd makes it"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/davylamp.db"));
}

TEST_F(CommandLine, NoFileIsLookedForWhereTheStoreIsAServer) {
  std::filesystem::remove(folder + "/davylamp.db");
  write_config("url = \"postgresql://davylamp@db.example.org/davylamp\"\n");
  EXPECT_EQ(run({"sessions"}), 0) << err;
}

TEST_F(CommandLine, SessionsListsOpenOnesBusiestFirst) {
  commit({session(1, "anna"), session(2, "Zoë"), closed(session(3, "anna"))});
  EXPECT_EQ(run({"sessions"}), 0);
  EXPECT_LT(out.find("Zoë"), out.find("anna"));
  EXPECT_THAT(out, AllOf(HasSubstr("8.8.8.8:4711"), HasSubstr("10.8.0.2"), HasSubstr("4.00 kB"), HasSubstr("16 m 40 s"),
                         HasSubstr("2 of 2 sessions, as of the last commit")));
  EXPECT_EQ(run({"sessions", "--limit", "1"}), 0);
  EXPECT_THAT(out, AllOf(HasSubstr("1 of 2 sessions"), Not(HasSubstr("anna"))));
}

TEST_F(CommandLine, SessionsFilters) {
  commit({session(1, "anna"), session(2, "bob"), closed(session(3, "anna")), closed(session(4, "bob"))});
  const auto ids = [&](std::vector<std::string_view> words) {
    words.insert(words.begin(), {"sessions", "--json"});
    EXPECT_EQ(run(words), 0);
    std::vector<std::uint64_t> found;
    const auto answer = base::json::parse(out);
    for (const auto& item : answer->at("items").as_array()) found.push_back(item.at("id").to_number<std::uint64_t>());
    return found;
  };
  EXPECT_THAT(ids({}), testing::ElementsAre(2, 1));
  EXPECT_THAT(ids({"--user", "anna"}), testing::ElementsAre(1));
  EXPECT_THAT(ids({"--state", "closed"}), testing::UnorderedElementsAre(3, 4));
  EXPECT_THAT(ids({"--state", "all", "--user", "anna"}), testing::ElementsAre(1, 3));
  EXPECT_THAT(ids({"--state", "all", "--limit", "3"}), testing::SizeIs(3));
  EXPECT_THAT(out, HasSubstr("\"total\":4"));
  EXPECT_THAT(ids({"--server", "tcp"}), testing::IsEmpty());
}

TEST_F(CommandLine, AHostileNameStaysInItsCell) {
  commit({session(1, "eve\x1b[2J\nroot")});
  EXPECT_EQ(run({"sessions"}), 0);
  EXPECT_THAT(out, AllOf(Not(HasSubstr("\x1b")), HasSubstr("eve\\x1b[2J\\x0aroot")));
}

TEST_F(CommandLine, StatusSumsUp) {
  commit({session(1, "anna"), session(2, "anna")});
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_THAT(out,
              AllOf(HasSubstr("Davylamp 1.2.3 on edge-1"), HasSubstr("2 sessions of 1 users, 6.00 kB down, 3.00 kB up"),
                    HasSubstr("udp"), HasSubstr("all is well"), HasSubstr("reported  1 s ago\n")));
  clock.advance(base::Seconds{600});
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_THAT(out, HasSubstr("is davylampd running?"));
  EXPECT_EQ(run({"status", "--json"}), 0);
  EXPECT_EQ(base::json::parse(out)->at("open_sessions").to_number<int>(), 2);
}

TEST_F(CommandLine, ServersListsThem) {
  commit({});
  EXPECT_EQ(run({"servers"}), 0);
  EXPECT_THAT(out, AllOf(HasSubstr("SERVER  STATE"), HasSubstr("up"), HasSubstr("all is well")));
  EXPECT_EQ(run({"--json", "servers"}), 0);
  EXPECT_EQ(base::json::parse(out)->at("items").as_array().size(), 1U);
}

TEST_F(CommandLine, DiscoverHasAnExitCodeOfItsOwn) {
  EXPECT_EQ(run({"discover"}), 3);
  std::filesystem::create_directories(folder + "/etc/openvpn");
  std::ofstream(folder + "/etc/openvpn/udp.conf") << "server 10.8.0.0 255.255.255.0\nmanagement /run/udp.sock unix\n";
  EXPECT_EQ(run({"discover", "--toml"}), 0);
  const auto reading = read_config(out, "found", {});
  EXPECT_THAT(reading.problems, testing::IsEmpty());
  EXPECT_EQ(reading.config.source.openvpn.at(0).management, "/run/udp.sock");
}

TEST_F(CommandLine, DiscoverNeedsNoConfiguration) {
  write_config("broken");
  EXPECT_EQ(run({"discover", "--json"}), 3);
  EXPECT_EQ(out, "{\"servers\":[],\"services\":[],\"others\":[],\"obstacles\":[]}\n");
}

TEST_F(CommandLine, CheckTellsWhatCannotBeReached) {
  write_config("[[source.openvpn]]\nname = \"udp\"\nmanagement = \"" + folder + "/davylamp.toml\"\n");
  EXPECT_EQ(run({"check"}), 2);
  EXPECT_THAT(err, HasSubstr("is not a socket"));
  EXPECT_EQ(run({"check", "--json"}), 2);
  EXPECT_FALSE(base::json::parse(out)->at("ok").as_bool());
}

TEST_F(CommandLine, DecodeReadsStandardInput) {
  EXPECT_EQ(run({"decode", "openvpn-status", "-"}, "no status file\n"), 2);
  EXPECT_THAT(out, HasSubstr("\"kind\":\"summary\""));
}

TEST_F(CommandLine, VersionAndTypesPrint) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_EQ(out, "davylamp 1.2.3\n");
  EXPECT_EQ(run({"dev", "types"}), 0);
  EXPECT_THAT(out, HasSubstr("export"));
  EXPECT_EQ(run({"dev", "config-reference"}), 0);
  EXPECT_THAT(out, HasSubstr("# Configuration reference"));
}

TEST_F(CommandLine, AStoreThatFailsIsOneLine) {
  store.reset();
  std::istringstream in;
  std::ostringstream printed;
  std::ostringstream complained;
  CliWorld world{in,
                 printed,
                 complained,
                 clock,
                 "1",
                 folder,
                 {},
                 [](const Config&) -> std::unique_ptr<contract::Store> {
                   throw base::Failure("disk", "the disk is gone"); },
                 {},
                 {}};
  const std::string config = folder + "/davylamp.toml";
  const std::vector<std::string_view> words{"--config", config, "status"};
  EXPECT_EQ(run_command_line(words, world), 1);
  EXPECT_EQ(complained.str(), "davylamp status: the disk is gone\n");
}

}  // namespace
}  // namespace davylamp::app
