#include "app/doctor/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr auto now = base::from_unix_seconds(1'795'000'000);

ServerHostFacts healthy_server() {
  ServerHostFacts server;
  server.config.name = "udp";
  server.config.management = "/run/davylamp/openvpn/udp.sock";
  server.config.status_file = "/run/davylamp/status/udp.status";
  server.config.hook_directory = "/run/davylamp/hook/udp";
  server.config.config_file = "/etc/openvpn/server/udp.conf";
  server.probe = Probe::greets;
  server.status_file = StatusFileFacts{true, "", now - base::Seconds(4), 900, "3"};
  server.hook = HookFacts{true, true, true, true, true, "", "/usr/lib/davylamp/davylamp-hook", true};
  server.config_known = true;
  return server;
}
HostFacts healthy() {
  HostFacts facts;
  facts.config_path = "/etc/davylamp/davylamp.toml";
  facts.user = "davylamp";
  facts.now = now;
  facts.servers = {healthy_server()};
  facts.config.source.openvpn = {facts.servers[0].config};
  facts.store = {true, std::nullopt, 80'000'000'000};
  facts.daemon.answers = true;
  facts.geoip = {{"/usr/share/GeoIP/GeoLite2-City.mmdb", true, now - std::chrono::days(3)}};
  facts.clock_synchronised = true;
  facts.unit_installed = true;
  return facts;
}
auto says(Health health, const std::string& text, const std::string& remedy = "") {
  return Contains(AllOf(Field(&Diagnosis::health, health), Field(&Diagnosis::text, HasSubstr(text)),
                        Field(&Diagnosis::remedy, HasSubstr(remedy))));
}
std::vector<Diagnosis> with_probe(Probe probe) {
  auto server = healthy_server();
  server.probe = probe;
  return diagnose_server(server, healthy());
}

TEST(Doctor, AHealthyHostHasOnlyGoodLines) {
  EXPECT_THAT(diagnose(healthy()), Each(Field(&Diagnosis::health, Health::ok)));
}

TEST(Doctor, WithoutAConfigurationItNamesTheWayToOne) {
  auto facts = healthy();
  facts.config_missing = true;
  facts.strangers = {{"tcp", "it has no management interface"}};
  const auto lines = diagnose(facts);
  EXPECT_THAT(lines, says(Health::problem, "there is no /etc/davylamp/davylamp.toml", "davylamp setup openvpn"));
  EXPECT_THAT(lines, says(Health::note, "not watched", "setup openvpn --dry-run tcp"));
  EXPECT_THAT(lines, Not(Contains(Field(&Diagnosis::topic, "store"))));
}

TEST(Doctor, AWrongConfigurationStopsTheRest) {
  auto facts = healthy();
  facts.config_problems = {"davylamp.toml:3: serve.lissten: unknown key"};
  EXPECT_THAT(diagnose(facts), says(Health::problem, "lissten", "davylamp check"));
}

TEST(Doctor, StoreAndDisk) {
  auto facts = healthy();
  facts.store = {true, "is of a newer version", 10'000'000};
  EXPECT_THAT(diagnose(facts), says(Health::problem, "newer version"));
  EXPECT_THAT(diagnose(facts), says(Health::problem, "10 MB are free", "make room"));
  facts.store = {false, std::nullopt, 400'000'000};
  EXPECT_THAT(diagnose(facts), says(Health::note, "is not there yet"));
  EXPECT_THAT(diagnose(facts), says(Health::note, "400 MB"));
  facts.config.store.url = "postgresql://davylamp@db.example.org/davylamp";
  facts.store = {true, std::nullopt, 0};
  EXPECT_THAT(diagnose(facts), says(Health::ok, "the database of store.url"));
}

TEST(Doctor, ADaemonThatDoesNotAnswer) {
  auto facts = healthy();
  facts.daemon = {false, "nobody answers at /var/lib/davylamp/control.sock", {}};
  EXPECT_THAT(diagnose(facts), says(Health::problem, "control.sock", "systemctl start davylampd"));
}

TEST(Doctor, WhatTheDaemonsUserCannotUse) {
  auto facts = healthy();
  facts.unreachable = {"store.path: permission denied"};
  EXPECT_THAT(diagnose(facts), says(Health::problem, "permission denied"));
}

TEST(Doctor, EachWayAManagementInterfaceCanBe) {
  EXPECT_THAT(with_probe(Probe::no_socket),
              says(Health::problem, "there is no", "management /run/davylamp/openvpn/udp.sock unix"));
  EXPECT_THAT(with_probe(Probe::nobody_listens), says(Health::problem, "OpenVPN is not running"));
  EXPECT_THAT(with_probe(Probe::not_permitted), says(Health::problem, "permission denied"));
  EXPECT_THAT(with_probe(Probe::turned_away), says(Health::problem, "turns this user away", "management-client-user"));
  EXPECT_THAT(with_probe(Probe::silent), says(Health::problem, "another program holds"));
  EXPECT_THAT(with_probe(Probe::held), says(Health::note, "management-hold"));
  EXPECT_THAT(with_probe(Probe::wants_password), says(Health::problem, "asks for a password", "password_file"));
}

TEST(Doctor, ARunningDaemonSaysHowTheServerIs) {
  auto server = healthy_server();
  server.probe = Probe::not_asked;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "does not know it", "restart davylampd"));
  server.daemon_word = DaemonWord{"udp", "up", ""};
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::ok, "watches it"));
  server.daemon_word = DaemonWord{"udp", "busy", "another program holds the socket"};
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "busy: another program"));
  server.daemon_word = DaemonWord{"udp", "connecting", "not reached yet"};
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "not reached yet"));
}

TEST(Doctor, AStatusFileThatIsOldEmptyOrOfVersionOne) {
  auto server = healthy_server();
  server.status_file->changed_at = now - base::Seconds(4000);
  server.status_file->version = "1";
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "4000 s ago"));
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "version 1", "status-version 3"));
  server.status_file->size_bytes = 0;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "is empty"));
  server.status_file->readable = false;
  server.status_file->problem = "permission denied";
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "permission denied"));
}

TEST(Doctor, HooksThatCannotWork) {
  auto server = healthy_server();
  server.hook->program_executable = false;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "davylamp-hook is not there"));
  server.hook->disconnect_set = false;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "at client-disconnect"));
  server.hook->other_script = "/etc/openvpn/up.sh";
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "calls /etc/openvpn/up.sh", "exec"));
  server.hook->reachable = false;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "cannot enter", "chmod o+x"));
  server.hook->folder_exists = false;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::problem, "there is no /run/davylamp/hook/udp"));
  server.hook.reset();
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "no hooks", "davylamp setup openvpn udp"));
}

TEST(Doctor, APortWithoutAPassword) {
  auto server = healthy_server();
  server.config.management = "127.0.0.1:7505";
  server.port_without_password = true;
  EXPECT_THAT(diagnose_server(server, healthy()), says(Health::note, "no password", "management 127.0.0.1 PORT"));
}

TEST(Doctor, MissesTheAgentThatIsToLook) {
  auto facts = healthy();
  EXPECT_THAT(diagnose(facts), says(Health::ok, "looks at the VPN servers itself"));
  facts.config.node.collector = Collector::agent;
  EXPECT_THAT(diagnose(facts), says(Health::ok, "davylamp-agent is connected"));
  facts.daemon.no_collector = "no collector is connected: start davylamp-agent";
  EXPECT_THAT(diagnose(facts), says(Health::problem, "no collector is connected", "enable --now davylamp-agent"));
  facts.config.enforce.nftables = true;
  facts.nft_installed = true;
  facts.unit_may_change_nft = false;
  EXPECT_THAT(diagnose(facts), says(Health::problem, "davylamp-agent may not change nftables", "CAP_NET_ADMIN"));
}

TEST(Doctor, PageGeoipKernelAndClock) {
  auto facts = healthy();
  facts.config.serve.listen = "0.0.0.0:443";
  facts.config.enforce.nftables = true;
  facts.geoip[0].changed_at = now - std::chrono::days(200);
  facts.clock_synchronised = false;
  const auto lines = diagnose(facts);
  EXPECT_THAT(lines, says(Health::note, "browsers warn", "tls_certificate"));
  EXPECT_THAT(lines, says(Health::note, "not to a name", "host_names"));
  EXPECT_THAT(lines, says(Health::problem, "no nft program", "apt-get install nftables"));
  EXPECT_THAT(lines, says(Health::note, "200 days old"));
  EXPECT_THAT(lines, says(Health::note, "not synchronised", "set-ntp"));
  facts.nft_installed = true;
  facts.unit_may_change_nft = false;
  EXPECT_THAT(diagnose(facts), says(Health::problem, "may not change nftables", "CAP_NET_ADMIN"));
  facts.geoip.clear();
  facts.now = base::from_unix_seconds(0);
  EXPECT_THAT(diagnose(facts), says(Health::note, "no GeoIP database"));
  EXPECT_THAT(diagnose(facts), says(Health::problem, "years behind"));
}

}  // namespace
}  // namespace davylamp::app
