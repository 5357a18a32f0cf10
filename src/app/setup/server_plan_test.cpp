#include "app/setup/server_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ServerSite site(const std::string& text, const std::string& command_line = "") {
  const auto read = [](const std::string& lines) {
    return openvpn::read_server_config(openvpn::lex_config(lines), "/etc/openvpn/server",
                                       [](const std::string&) { return std::nullopt; });
  };
  ServerSite site;
  site.name = "udp";
  site.config_file = "/etc/openvpn/server/udp.conf";
  site.hook_installed = true;
  site.from_file = read("server 10.8.0.0 255.255.255.0\n" + text);
  site.whole = read(command_line + "server 10.8.0.0 255.255.255.0\n" + text);
  site.verdict = judge({"udp", std::nullopt, false}, site.whole);
  return site;
}
ServerPlan plan(const std::string& text, const std::string& command_line = "") {
  return plan_server(site(text, command_line), {});
}

TEST(ServerPlan, GivesAStockServerAllItLacks) {
  const auto made = plan("");
  EXPECT_THAT(made.config_lines,
              ElementsAre("management /run/davylamp/openvpn/udp.sock unix", "status /run/davylamp/status/udp.status 10",
                          "status-version 3", "script-security 2",
                          "client-connect \"/usr/lib/davylamp/davylamp-hook /run/davylamp/hook/udp\"",
                          "client-disconnect \"/usr/lib/davylamp/davylamp-hook /run/davylamp/hook/udp\""));
  EXPECT_THAT(
      made.toml_lines,
      ElementsAre("[[source.openvpn]]", "name = \"udp\"", "management = \"/run/davylamp/openvpn/udp.sock\"",
                  "status_file = \"/run/davylamp/status/udp.status\"", "hook_directory = \"/run/davylamp/hook/udp\"",
                  "config_file = \"/etc/openvpn/server/udp.conf\"", "transport = \"udp\""));
  EXPECT_THAT(made.notes, IsEmpty());
}

TEST(ServerPlan, TheFoldersAreClosedToOthers) {
  const auto lines = tmpfiles_lines(plan("user nobody\ngroup nogroup\n").run_entries);
  EXPECT_THAT(
      lines,
      ElementsAre("d /run/davylamp 0755 root root -", "d /run/davylamp/openvpn 0750 root davylamp -",
                  "d /run/davylamp/status 0755 root root -", "f /run/davylamp/status/udp.status 0640 nobody davylamp -",
                  "d /run/davylamp/hook 0755 root root -", "d /run/davylamp/hook/udp 0711 davylamp davylamp -"));
}

TEST(ServerPlan, ManagementAndHooksOfTheOperatorStay) {
  const auto made = plan(
      "management 127.0.0.1 7505\nclient-connect /etc/openvpn/up.sh\nclient-disconnect /etc/openvpn/down.sh\n"
      "script-security 3\nstatus /var/log/s.log\nstatus-version 2\n");
  EXPECT_THAT(made.config_lines, IsEmpty());
  EXPECT_THAT(made.notes, Contains(HasSubstr("127.0.0.1:7505 stays as it is")));
  EXPECT_THAT(made.notes, Contains(HasSubstr("no password")));
  EXPECT_THAT(made.notes, Contains(HasSubstr("client-connect is /etc/openvpn/up.sh and stays")));
  EXPECT_THAT(made.notes, Contains(HasSubstr("\"exec /usr/lib/davylamp/davylamp-hook /run/davylamp/hook/udp\"")));
  EXPECT_THAT(made.toml_lines, Contains("status_file = \"/var/log/s.log\""));
  EXPECT_THAT(made.unit_lines, IsEmpty());
}

TEST(ServerPlan, AStatusFileOfVersionOneIsExplained) {
  const auto made = plan("status /var/log/s.log\n");
  EXPECT_THAT(made.config_lines, Not(Contains(HasSubstr("status"))));
  EXPECT_THAT(made.notes, Contains(HasSubstr("version 1")));
}

TEST(ServerPlan, AStatusFileOfTheCommandLineIsReplacedAndSaid) {
  const auto made = plan("", "status /run/openvpn-server/status-udp.log\nstatus-version 2\n");
  EXPECT_THAT(made.config_lines, Contains("status /run/davylamp/status/udp.status 10"));
  EXPECT_THAT(made.notes, ElementsAre(HasSubstr("/run/openvpn-server/status-udp.log, is no longer written")));
}

TEST(ServerPlan, AnInterfaceThatWouldHarmIsNotUsed) {
  const auto made = plan("management /run/a.sock unix\nmanagement-client-auth\n");
  EXPECT_THAT(made.toml_lines, Not(Contains(HasSubstr("management ="))));
  EXPECT_THAT(made.notes, Contains(HasSubstr("approve every login")));
  EXPECT_THAT(made.config_lines, Contains(HasSubstr("client-connect")));
}

TEST(ServerPlan, InAChrootThereAreNoHooks) {
  const auto made = plan("chroot /srv/vpn\nuser nobody\n");
  EXPECT_THAT(made.config_lines, Not(Contains(HasSubstr("client-connect"))));
  EXPECT_THAT(made.config_lines, Contains(HasSubstr("management")));
  EXPECT_THAT(made.toml_lines, Not(Contains(HasSubstr("hook_directory"))));
  EXPECT_THAT(made.notes, ElementsAre(HasSubstr("/srv/vpn (chroot)")));
}

TEST(ServerPlan, WithoutTheProgramThereAreNoHooks) {
  auto without = site("");
  without.hook_installed = false;
  const auto made = plan_server(without, {});
  EXPECT_THAT(made.config_lines, Not(Contains(HasSubstr("script-security"))));
  EXPECT_THAT(made.notes, ElementsAre(HasSubstr("is not installed")));
}

TEST(ServerPlan, RaisesScriptSecurityAndSaysSo) {
  EXPECT_THAT(plan("script-security 1\n").notes, ElementsAre(HasSubstr("script-security 1 becomes 2")));
  EXPECT_THAT(plan("script-security 2\n").config_lines, Not(Contains("script-security 2")));
}

constexpr std::string_view debian = "[Service]\nLimitNPROC=10\nProtectSystem=true\nPrivateTmp=true\n";

TEST(SandboxLines, OnlyWhatBlocksTheHook) {
  EXPECT_THAT(sandbox_lines(debian, "", {}), IsEmpty());
  EXPECT_THAT(sandbox_lines(debian, "nobody", {}), ElementsAre("LimitNPROC=1000"));
  EXPECT_THAT(sandbox_lines("", "nobody", {}), IsEmpty());
  EXPECT_THAT(sandbox_lines("[Service]\nProtectSystem=strict\nRestrictAddressFamilies=AF_INET AF_NETLINK\n", "", {}),
              ElementsAre("ReadWritePaths=/run/davylamp", "RestrictAddressFamilies=AF_UNIX"));
  EXPECT_THAT(sandbox_lines("LimitNPROC=10\nLimitNPROC=500\n", "nobody", {}), IsEmpty());
}

}  // namespace
}  // namespace davylamp::app
