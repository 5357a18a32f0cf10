#include "sources/openvpn/config_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::openvpn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ServerConfig read(const std::string& text) {
  return read_server_config(lex_config(text), "/etc/openvpn", [](const std::string&) { return std::nullopt; });
}
std::optional<std::uint64_t> pool(const std::string& text, std::optional<Release> release = Release{2, 6}) {
  return pool_size(read(text), release);
}

TEST(OpenvpnConfigFacts, ReadsTheReleaseFromAnyVersionText) {
  EXPECT_EQ(parse_release("OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)]"), (Release{2, 6}));
  EXPECT_EQ(parse_release("2.7_rc1"), (Release{2, 7}));
  EXPECT_EQ(parse_release("OpenVPN"), std::nullopt);
  EXPECT_EQ(parse_release(""), std::nullopt);
  EXPECT_LT((Release{2, 6}), (Release{2, 7}));
}

TEST(OpenvpnConfigFacts, TellsTheMode) {
  EXPECT_EQ(mode_of(read("server 10.8.0.0 255.255.255.0")), "server");
  EXPECT_EQ(mode_of(read("client\nremote a.example.org")), "client");
  EXPECT_EQ(mode_of(read("secret s.key\nifconfig 10.0.0.1 10.0.0.2")), "point_to_point");
}

TEST(OpenvpnConfigFacts, TellsWhereItListens) {
  EXPECT_EQ(listens_on(read("server 10.8.0.0 255.255.255.0")), "udp 0.0.0.0:1194");
  EXPECT_EQ(listens_on(read("proto tcp6-server\nport 443")), "tcp [::]:443");
  EXPECT_EQ(listens_on(read("local 192.0.2.7\nlport 5000")), "udp 192.0.2.7:5000");
  EXPECT_EQ(listens_on(read("local 192.0.2.7 1194 udp4\nlocal * 443 tcp6-server")), "udp 192.0.2.7:1194, tcp [::]:443");
}

TEST(OpenvpnConfigFacts, CountsThePoolAsOpenvpnDoes) {
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0\ntopology subnet"), 253U);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0"), 62U);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0", Release{2, 7}), 253U);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0", std::nullopt), 62U);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0\ntopology p2p"), 248U);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.248"), 1U);
  EXPECT_EQ(pool("dev tap0\nserver 10.8.0.0 255.255.0.0"), 65'533U);
  EXPECT_EQ(pool("server-bridge 192.168.8.4 255.255.255.0 192.168.8.128 192.168.8.254"), 127U);
  EXPECT_EQ(pool("topology subnet\nserver 10.8.0.0 255.255.255.0 nopool\nifconfig-pool 10.8.0.10 10.8.0.19"), 10U);
}

TEST(OpenvpnConfigFacts, ThereMayBeNoPoolToCount) {
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.0 nopool"), std::nullopt);
  EXPECT_EQ(pool("server-bridge"), std::nullopt);
  EXPECT_EQ(pool("server ten 255.255.255.0"), std::nullopt);
  EXPECT_EQ(pool("server 10.8.0.0 255.255.255.254"), std::nullopt);
  EXPECT_EQ(pool("mode server\nifconfig-pool 10.8.0.9 10.8.0.2"), std::nullopt);
}

TEST(OpenvpnConfigFacts, KnowsWhatRulesOffloadOut) {
  EXPECT_EQ(dco_by_config(read("disable-dco")), false);
  EXPECT_EQ(dco_by_config(read("dev tap")), false);
  EXPECT_EQ(dco_by_config(read("dev tun")), std::nullopt);
}

TEST(OpenvpnConfigFacts, FindsCertificatesInFilesAndInTheText) {
  const auto sources = certificate_sources(read("cert a.crt\nca /pki/ca.crt\ncrl-verify revoked dir\n"));
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0].path, "/etc/openvpn/a.crt");
  EXPECT_EQ(sources[1].path, "/pki/ca.crt");
  const auto within = certificate_sources(read("<ca>\nhello\n</ca>\ncrl-verify crl.pem\n"));
  ASSERT_EQ(within.size(), 2U);
  EXPECT_EQ(within[0].text, "hello\n");
  EXPECT_EQ(within[1].what, "crl");
}

TEST(OpenvpnConfigFacts, KeysAreNotKept) {
  const auto config = read("<key>\nsecret\n</key>\n<tls-crypt>\nsecret\n</tls-crypt>\n");
  for (const auto& line : config.directives) EXPECT_THAT(line.block, IsEmpty());
}

TEST(OpenvpnKnownFaults, NamesWhatIsWrongAndWhatHelps) {
  const auto good = read("management /run/a.sock unix\nstatus /run/a.status\nstatus-version 3\n");
  EXPECT_THAT(known_faults(Release{2, 6}, false, &good), IsEmpty());
  EXPECT_THAT(known_faults(Release{2, 6}, true, &good), ElementsAre(HasSubstr("OpenVPN 2.7")));
  EXPECT_THAT(known_faults(Release{2, 7}, true, &good), IsEmpty());
  EXPECT_THAT(known_faults(std::nullopt, true, nullptr), IsEmpty());
  const auto bad = read("management 127.0.0.1 7505\nmanagement-client-auth\nmanagement-signal\nstatus s\n");
  EXPECT_THAT(known_faults(std::nullopt, std::nullopt, &bad),
              ElementsAre(HasSubstr("no password"), HasSubstr("management-client-auth"), HasSubstr("management-signal"),
                          HasSubstr("status-version 3")));
  const auto silent = read("server 10.8.0.0 255.255.255.0");
  EXPECT_THAT(known_faults(std::nullopt, std::nullopt, &silent), ElementsAre(HasSubstr("no status file")));
}

}  // namespace
}  // namespace davylamp::openvpn
