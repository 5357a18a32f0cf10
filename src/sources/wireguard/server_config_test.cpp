#include "sources/wireguard/server_config.hpp"

#include <gtest/gtest.h>

#include "sources/wireguard/testing/answers.hpp"

namespace davylamp::wireguard {
namespace {

using testing::key;

std::string peer(std::uint8_t number, const std::string& inside = {}) {
  return "[Peer]\n" + inside + "PublicKey = " + key(number).to_base64() + "\nAllowedIPs = 10.8.0." +
         std::to_string(number) + "/32\n";
}

std::string name_of(const std::string& text, std::uint8_t number = 2) {
  const auto config = read_server_config(text);
  const auto found = config.names.find(key(number));
  return found == config.names.end() ? "" : found->second;
}

TEST(ServerConfig, NamesPeersAsCommonToolsWriteThem) {
  EXPECT_EQ(name_of("### Client ann\n" + peer(2)), "ann");                                        // angristan
  EXPECT_EQ(name_of("# BEGIN_PEER ann\n" + peer(2) + "# END_PEER ann\n"), "ann");                 // Nyr
  EXPECT_EQ(name_of("### begin ann ###\n" + peer(2) + "### end ann ###\n"), "ann");               // PiVPN
  EXPECT_EQ(name_of("# Client: ann (4b4d8d0a-1c2e-4f51-9a6b-0a1b2c3d4e5f)\n" + peer(2)), "ann");  // wg-easy
  EXPECT_EQ(name_of(peer(2, "# friendly_name=ann\n")), "ann");  // prometheus_wireguard_exporter
  EXPECT_EQ(name_of(peer(2, "# friendly_json={\"id\":4,\"name\":\"ann\"}\n")), "ann");
  EXPECT_EQ(name_of(peer(2, "#Name# = ann\n")), "ann");                                            // WGDashboard
  EXPECT_EQ(name_of("# ID: 4\n# Name: ann\n# Email: a@example.org\n" + peer(2)), "ann");           // wireguard-ui
  EXPECT_EQ(name_of("# ann / a@example.org / Updated: 2031 / Created: 2031\n" + peer(2)), "ann");  // wg-gen-web
  EXPECT_EQ(name_of("# Name = ann's phone\n" + peer(2)), "ann's phone");
  EXPECT_EQ(name_of("# ann\n" + peer(2)), "ann");
  EXPECT_EQ(name_of(peer(2, "# ann\n")), "ann");
  EXPECT_EQ(name_of("[WireGuardPeer]\n# ann\nPublicKey=" + key(2).to_base64() + "\n"), "ann");  // systemd-networkd
}

TEST(ServerConfig, EachCommentBelongsToOnePeer) {
  const auto config = read_server_config("[Interface]\nAddress = 10.8.0.1/24\n\n# ann\n" + peer(2) + "# bob\n" +
                                         peer(3) + "\n### begin cid ###\n\n" + peer(4) + "### end cid ###\n" + peer(5));
  EXPECT_EQ(config.names.size(), 3U);
  EXPECT_EQ(config.names.at(key(2)), "ann");
  EXPECT_EQ(config.names.at(key(3)), "bob");
  EXPECT_EQ(config.names.at(key(4)), "cid");
  EXPECT_EQ(config.pool_size, 253U);
}

TEST(ServerConfig, AMarkedNameIsSurerThanARemark) {
  EXPECT_EQ(name_of("# made in spring\n# Name = ann\n" + peer(2)), "ann");
  EXPECT_EQ(name_of("### Client ann\n" + peer(2, "# a remark\n")), "ann");
}

TEST(ServerConfig, ASecretInACommentIsNeverAName) {
  const auto secret = key(7).to_base64();
  for (const std::string& comment : {"# PrivateKey = " + secret, "# " + secret, "# Name = " + secret, "#" + secret,
                                     "# private key " + secret, "# PresharedKey=" + secret}) {
    EXPECT_EQ(name_of(comment + "\n" + peer(2)), "") << comment;
  }
  EXPECT_EQ(name_of("#[Peer]\n" + peer(2)), "");
}

TEST(ServerConfig, NamesAreBoundedText) {
  EXPECT_EQ(name_of("# Name = \xff\n" + peer(2)), "\xEF\xBF\xBD");
  std::string words;
  for (int i = 0; i < 200; ++i) words += "\xC3\xA4 ";
  const auto name = name_of("# Name = " + words + "\n" + peer(2));
  EXPECT_LE(name.size(), most_name_bytes);
  EXPECT_TRUE(name.ends_with("\xC3\xA4") || name.ends_with(" "));
}

TEST(ServerConfig, PrefixesThatWereGivenTwiceAreWarnedOf) {
  const auto config =
      read_server_config("# ann\n[Peer]\nPublicKey = " + key(2).to_base64() +
                         "\nAllowedIPs = 0.0.0.0/0, ::/0\n# bob\n[Peer]\nPublicKey = " + key(3).to_base64() +
                         "\nAllowedIPs = 0.0.0.0/0\n");
  ASSERT_EQ(config.warnings.size(), 1U);
  EXPECT_TRUE(config.warnings[0].starts_with("0.0.0.0/0 is in AllowedIPs of 2 peers (ann, bob)"));
}

}  // namespace
}  // namespace davylamp::wireguard
