#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ConfigReading read(std::string_view text, const Environment& environment = {}) {
  return read_config(text, "davylamp.toml", environment);
}

constexpr std::string_view whole = R"(
[node]
name = "edge-1"
[store]
path = "/tmp/d.db"
[serve]
listen = "[::1]:9000"
host_names = ["vpn.example.org"]
[geoip]
city = ["a.mmdb", "b.mmdb"]
[retention]
events_days = 5
[log]
level = "debug"
[[source.openvpn]]
name = "udp"
management = "/run/openvpn/udp.sock"
password_file = "/etc/davylamp/udp.password"
poll_seconds = 2
address = "192.0.2.7"
[[source.openvpn]]
name = "tcp"
management = "127.0.0.1:7505"
poll_seconds = 0.5
lab = true
)";

TEST(Config, ReadsEveryKindOfKey) {
  const auto [config, problems, notes] = read(whole);
  ASSERT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.node.name, "edge-1");
  EXPECT_EQ(config.geoip.city, (std::vector<std::string>{"a.mmdb", "b.mmdb"}));
  EXPECT_EQ(config.retention.events_days, 5U);
  EXPECT_EQ(config.log.level, LogLevel::debug);
  ASSERT_EQ(config.source.openvpn.size(), 2U);
  EXPECT_EQ(config.source.openvpn[0].poll_seconds, 2.0);
  EXPECT_EQ(config.source.openvpn[0].address->to_string(), "192.0.2.7");
  EXPECT_EQ(config.source.openvpn[1].management, "127.0.0.1:7505");
  EXPECT_TRUE(config.source.openvpn[1].lab);
  EXPECT_EQ(config.source.openvpn[1].bytecount_seconds, 1U);
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  const auto [config, problems, notes] = read("");
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.serve.listen, "127.0.0.1:8080");
  EXPECT_EQ(config.store.path, "/var/lib/davylamp/davylamp.db");
}

TEST(Config, TheDumpReadsBackToTheSame) {
  const auto once = to_toml(read(whole).config);
  const auto again = read(once);
  EXPECT_THAT(again.problems, IsEmpty());
  EXPECT_EQ(to_toml(again.config), once);
  EXPECT_THAT(once, HasSubstr("password_file = \"/etc/davylamp/udp.password\""));
}

TEST(Config, AllProblemsAreToldAtOnceEachWithLineAndKey) {
  const auto problems = read(R"([stor]
path = 3
[serve]
listen = "example.org:80"
[log]
level = "loud"
[[source.openvpn]]
name = "udp"
managment = "/run/a.sock"
poll_seconds = "fast"
lab = 1
)")
                            .problems;
  EXPECT_THAT(problems, Contains("davylamp.toml:1: stor: unknown key; did you mean store?"));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("davylamp.toml:4: serve.listen: "), HasSubstr("not an IP address"))));
  EXPECT_THAT(problems,
              Contains(HasSubstr("davylamp.toml:6: log.level: \"loud\" is not one of debug, info, warning, error")));
  EXPECT_THAT(
      problems,
      Contains("davylamp.toml:9: source.openvpn[0].managment: unknown key; did you mean management? (server \"udp\")"));
  EXPECT_THAT(
      problems,
      Contains("davylamp.toml:10: source.openvpn[0].poll_seconds: must be a number, not text (server \"udp\")"));
  EXPECT_THAT(problems, Contains(HasSubstr("davylamp.toml:11: source.openvpn[0].lab: must be true or false")));
  EXPECT_THAT(problems, Contains(HasSubstr("source.openvpn[0].management: is needed")));
  EXPECT_EQ(problems.size(), 7U);
}

TEST(Config, AKeyInTheWrongTableIsToldWhereItBelongs) {
  EXPECT_THAT(read("[node]\nweb_root = \"x\"\n").problems,
              ElementsAre("davylamp.toml:2: node.web_root: unknown key; did you mean serve.web_root?"));
  EXPECT_THAT(read("[ldap]\nbind_password = \"x\"\ntls = true\n").problems,
              ElementsAre("davylamp.toml:2: ldap.bind_password: unknown key; did you mean bind_password_file?",
                          "davylamp.toml:3: ldap.tls: unknown key; did you mean start_tls?"));
  EXPECT_THAT(read("[log]\nzzzzzzzz = 1\n").problems,
              ElementsAre("davylamp.toml:2: log.zzzzzzzz: unknown key; known here: level, file, max_bytes"));
}

TEST(Config, OneBracketWhereTwoBelongIsExplained) {
  EXPECT_THAT(read("[source.openvpn]\nname = \"a\"\n").problems,
              ElementsAre(HasSubstr("write [[source.openvpn]] with two brackets")));
}

TEST(Config, ASyntaxErrorNamesItsLine) {
  EXPECT_THAT(read("[node]\nname = \n").problems, ElementsAre(HasSubstr("davylamp.toml:2: is not TOML: ")));
  EXPECT_THAT(read("[{erve]\n").problems, ElementsAre(HasSubstr("davylamp.toml:1: is not TOML: ")));
  EXPECT_THAT(read("name = \"\xff\"").problems, ElementsAre(HasSubstr("is not UTF-8")));
  EXPECT_THAT(read("[node]\nname = 2026-11-21\n").problems, Contains(HasSubstr("dates and times are not used")));
}

TEST(Config, NamesAndInterfacesMustDiffer) {
  const auto problems = read(R"([[source.openvpn]]
name = "a"
management = "/run/a.sock"
[[source.openvpn]]
name = "a"
management = "/run/b.sock"
[[source.openvpn]]
name = "c"
management = "/run/b.sock"
)")
                            .problems;
  EXPECT_THAT(
      problems,
      ElementsAre(HasSubstr("davylamp.toml:5: source.openvpn[1].name: \"a\" is the name of source.openvpn[0]"),
                  HasSubstr("davylamp.toml:9: source.openvpn[2].management: is the interface of source.openvpn[1]")));
}

TEST(Config, RangesAreChecked) {
  EXPECT_THAT(read("[[source.openvpn]]\nname=\"a\"\nmanagement=\"/a\"\npoll_seconds=0.1\n").problems,
              ElementsAre(HasSubstr("poll_seconds: must be between 0.2 and 60")));
  EXPECT_THAT(read("[[source.openvpn]]\nname=\"a\"\nmanagement=\"/a\"\npoll_seconds=nan\n").problems,
              ElementsAre(HasSubstr("poll_seconds: must be between 0.2 and 60")));
  EXPECT_THAT(read("[retention]\naudit_days = -1\n").problems,
              ElementsAre(HasSubstr("retention.audit_days: must be between 0 and")));
  EXPECT_THAT(read("[serve]\ntls_key = \"k\"\n").problems, ElementsAre(HasSubstr("go together")));
}

TEST(Config, AStatusFileMayStandForAManagementInterface) {
  const auto reading = read("[[source.openvpn]]\nname = \"a\"\nstatus_file = \"/run/openvpn/status.log\"\n");
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.source.openvpn[0].management, "");
  EXPECT_EQ(read(to_toml(reading.config)).problems, reading.problems);
  EXPECT_THAT(read("[[source.openvpn]]\nname = \"a\"\n").problems, ElementsAre(HasSubstr("or set status_file")));
  EXPECT_THAT(read("[[source.openvpn]]\nname=\"a\"\nstatus_file=\"/s\"\n"
                   "[[source.openvpn]]\nname=\"b\"\nstatus_file=\"/s\"\n")
                  .problems,
              ElementsAre(HasSubstr("davylamp.toml:6: source.openvpn[1].status_file: is the status file of")));
}

TEST(Config, EachKeyOfAServerIsReadAndChecked) {
  const auto reading = read(R"([[source.openvpn]]
name = "a"
management = "/a"
status_zone = "Europe/Bucharest"
hook_directory = "/run/davylamp/hook-a"
config_file = "/etc/openvpn/server/a.conf"
public_address = "203.0.113.7"
)");
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.source.openvpn[0].public_address->to_string(), "203.0.113.7");
  EXPECT_EQ(reading.config.source.openvpn[0].hook_directory, "/run/davylamp/hook-a");
  EXPECT_THAT(read("[[source.openvpn]]\nname=\"a\"\nmanagement=\"/a\"\nstatus_zone=\"../UTC\"\n"
                   "hook_directory=\"hooks\"\nconfig_file=\"\"\n")
                  .problems,
              ElementsAre(HasSubstr("hook_directory: must be an absolute path"),
                          HasSubstr("config_file: must not be empty"), HasSubstr("is not the name of a time zone")));
}

TEST(Config, PrivacyStoreLogAndQuotaKeysHaveRanges) {
  EXPECT_EQ(read("[privacy]\nmode = \"keyed_hash\"\n").config.privacy.mode, PrivacyMode::keyed_hash);
  EXPECT_THAT(read("[privacy]\nkey_rotation_hours = 0\n").problems, ElementsAre(HasSubstr("between 1 and 8760")));
  EXPECT_THAT(read("[store]\ncommit_seconds = 0.01\n").problems, ElementsAre(HasSubstr("between 0.05 and 60")));
  EXPECT_THAT(read("[store]\nbackup_keep = 0\n").problems, ElementsAre(HasSubstr("between 1 and 1000")));
  EXPECT_THAT(read("[store]\nbackup_directory = \"b\"\n").problems, ElementsAre(HasSubstr("absolute path")));
  EXPECT_THAT(read("[log]\nmax_bytes = 10\n").problems, ElementsAre(HasSubstr("at least 4096")));
  EXPECT_THAT(read("[quota]\nzone = \"\"\n").problems, ElementsAre(HasSubstr("not the name of a time zone")));
}

TEST(Config, AttemptsMayBeAtAnythingThatIsWatched) {
  const std::string watch = "[[source.watch]]\nname = \"conduit\"\nudp = [443]\n";
  const std::string door = "[[source.firewall]]\nname = \"door\"\nnflog_group = 5\nserver = ";
  EXPECT_THAT(read(watch + door + "\"conduit\"\n").problems, testing::IsEmpty());
  EXPECT_THAT(read(watch + door + "\"conduits\"\n").problems,
              testing::ElementsAre(testing::HasSubstr("\"conduits\" is the name of no other source")));
}

TEST(Config, TheControlSocketIsInTheStateDirectoryUnlessSaid) {
  EXPECT_EQ(control_socket_path(read("[node]\nstate_directory = \"/s\"\n").config), "/s/control.sock");
  EXPECT_EQ(control_socket_path(read("[serve]\ncontrol_socket = \"/run/d.sock\"\n").config), "/run/d.sock");
  EXPECT_THAT(read("[node]\nstate_directory = \"/" + std::string(100, 'x') + "\"\n").problems,
              ElementsAre(HasSubstr("davylamp.toml:2: node.state_directory: is too long")));
}

TEST(Config, AVariableOverridesTheFile) {
  const auto [config, problems, notes] = read(whole, {{"DAVYLAMP__STORE__PATH", "/elsewhere.db"},
                                                      {"DAVYLAMP__NODE__NAME", "42"},
                                                      {"DAVYLAMP__GEOIP__ASN", "x.mmdb, y.mmdb"},
                                                      {"DAVYLAMP__RETENTION__EVENTS_DAYS", "30"},
                                                      {"DAVYLAMP__SOURCE__OPENVPN__1__LAB", "false"},
                                                      {"DAVYLAMP__SOURCE__OPENVPN__2__NAME", "third"},
                                                      {"DAVYLAMP__SOURCE__OPENVPN__2__MANAGEMENT", "/run/3.sock"}});
  ASSERT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.store.path, "/elsewhere.db");
  EXPECT_EQ(config.node.name, "42");
  EXPECT_EQ(config.geoip.asn, (std::vector<std::string>{"x.mmdb", "y.mmdb"}));
  EXPECT_EQ(config.retention.events_days, 30U);
  EXPECT_FALSE(config.source.openvpn[1].lab);
  EXPECT_EQ(config.source.openvpn.at(2).name, "third");
}

TEST(Config, AWrongVariableIsNamed) {
  EXPECT_THAT(read("", {{"DAVYLAMP__STOR__PATH", "x"}}).problems,
              ElementsAre(AllOf(HasSubstr("the variable DAVYLAMP__STOR__PATH: unknown key stor.path"),
                                HasSubstr("store.path"))));
  EXPECT_THAT(read("", {{"DAVYLAMP__RETENTION__EVENTS_DAYS", "many"}}).problems,
              ElementsAre(HasSubstr("\"many\" is not a value")));
  EXPECT_THAT(read("", {{"DAVYLAMP__SOURCE__OPENVPN__7__NAME", "x"}}).problems,
              ElementsAre(HasSubstr("no such entry")));
  EXPECT_THAT(read("", {{"DAVYLAMP__SERVE__LISTEN", "x"}}).problems,
              ElementsAre(HasSubstr("the variable DAVYLAMP__SERVE__LISTEN: serve.listen: ")));
}

TEST(Config, AMissingFileSaysWhatToDo) {
  const auto reading = load_config("/nonexistent/davylamp.toml", {});
  EXPECT_THAT(reading.problems, ElementsAre(AllOf(HasSubstr("/nonexistent/davylamp.toml: cannot be read: No such file"),
                                                  HasSubstr("davylamp discover --toml"))));
  EXPECT_THAT(load_config("/", {}).problems, ElementsAre(HasSubstr("/: cannot be read: ")));
}

TEST(Config, ANodeWithoutANameIsCalledAfterItsHost) {
  const auto path = testing::TempDir() + "davylamp-empty-config.toml";
  std::ofstream(path).flush();
  const auto reading = load_config(path, {});
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_FALSE(reading.config.node.name.empty());
  std::filesystem::remove(path);
}

TEST(Config, TheExamplesAreValid) {
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DAVYLAMP_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".toml") continue;
    ++examples;
    EXPECT_THAT(load_config(entry.path().string(), {}).problems, IsEmpty()) << entry.path();
  }
  EXPECT_GE(examples, 5U);
}

TEST(Config, ManagementIsAPathOrAnAddressWithPort) {
  EXPECT_EQ(parse_management("/run/a.sock"), ManagementTarget{UnixSocketPath{"/run/a.sock"}});
  const model::Endpoint tcp{*model::Address::parse("127.0.0.1"), 7505};
  EXPECT_EQ(parse_management("localhost:7505"), ManagementTarget{tcp});
  for (const auto* wrong : {"run/a.sock", "1.2.3.4", "1.2.3.4:0", "1.2.3.4:65536", "::1:7505", "host:7505", ":7505"}) {
    EXPECT_FALSE(parse_management(wrong)) << wrong;
  }
  EXPECT_FALSE(parse_management("/" + std::string(107, 'x')));
}

TEST(Config, RetentionIsGivenInDays) {
  EXPECT_EQ(to_retention({}).minutes, base::Seconds{7 * 86'400});
  EXPECT_EQ(to_retention({}).days, base::Seconds{0});
}

}  // namespace
}  // namespace davylamp::app
