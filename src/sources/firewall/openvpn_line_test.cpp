#include "sources/firewall/openvpn_line.hpp"

#include <gtest/gtest.h>

#include "sources/firewall/openvpn_failures.hpp"

namespace davylamp::firewall {
namespace {

std::string peer_of(std::string_view text) {
  const auto speaker = read_openvpn_speaker(text);
  return speaker.peer ? speaker.peer->to_text() : "";
}

TEST(OpenvpnLine, KnowsWhoALineIsAbout) {
  for (const auto& [text, peer, name, transport] : std::vector<std::array<std::string, 4>>{
           {"192.0.2.1:45321 TLS Error: x", "192.0.2.1:45321", "", ""},
           {"anna/192.0.2.1:45321 x", "192.0.2.1:45321", "anna", ""},
           {"DOE John/192.0.2.10:59030 VERIFY OK", "192.0.2.10:59030", "DOE John", ""},
           {"a/b/192.0.2.10:1 x", "192.0.2.10:1", "a/b", ""},
           {"192.0.2.1:5/anna x", "192.0.2.1:5", "anna", ""},
           {"2001:db8::12 VERIFY ERROR", "2001:db8::12", "", ""},
           {"[2001:db8::12]:51 x", "[2001:db8::12]:51", "", ""},
           {"udp6:[2001:db8::12]:51 x", "[2001:db8::12]:51", "", "udp"},
           {"udp4:192.0.2.1:7 x", "192.0.2.1:7", "", "udp"},
           {"anna/tcp4-server:192.0.2.1:7 x", "192.0.2.1:7", "anna", "tcp"},
           {"[AF_INET6]2001:db8::12:51 x", "[2001:db8::12]:51", "", ""},
           {"[AF_INET]192.0.2.1:7 x", "192.0.2.1:7", "", ""},
           {"[AF_INET6]::ffff:192.0.2.1:7 x", "192.0.2.1:7", "", ""},
           {"TLS Error: x", "", "", ""}}) {
    const auto speaker = read_openvpn_speaker(text);
    EXPECT_EQ(peer_of(text), peer) << text;
    EXPECT_EQ(speaker.name, name) << text;
    EXPECT_EQ(speaker.transport, transport) << text;
  }
}

TEST(OpenvpnLine, SaysWhy) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"192.0.2.1:5 TLS Error: TLS handshake failed", "tls_error"},
           {"192.0.2.1:5 TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network)",
            "tls_error"},
           {"TLS Error: cannot locate HMAC in incoming packet from [AF_INET]192.0.2.1:5", "tls_error"},
           {"192.0.2.1:5 tls-crypt unwrap error: packet authentication failed", "tls_error"},
           {"192.0.2.1:5 VERIFY ERROR: depth=0, error=certificate has expired: C=RO, CN=anna, serial=7",
            "certificate_rejected"},
           {"192.0.2.1:5 VERIFY EKU ERROR", "certificate_rejected"},
           {"192.0.2.1:5 VERIFY SCRIPT ERROR: depth=0, CN=anna", "certificate_rejected"},
           {"192.0.2.1:5 TLS Auth Error: Auth Username/Password verification failed for peer", "auth_failed"},
           {"192.0.2.1:5 SENT CONTROL [anna]: 'AUTH_FAILED' (status=1)", "auth_failed"},
           {"192.0.2.1:5 WARNING: Bad encapsulated packet length from peer (5635), which must", "bad_packet"},
           {"192.0.2.1:5 Authenticate/Decrypt packet error: bad packet ID (may be a replay)", "bad_packet"},
           {"192.0.2.1:5 Connection reset, restarting [0]", "connection_reset"},
           {"MULTI: Connection from [AF_INET]192.0.2.1:5 would exceed new connection frequency limit",
            "too_frequent"}}) {
    const auto failure = read_openvpn_line(text);
    ASSERT_TRUE(failure) << text;
    EXPECT_EQ(failure->why, why) << text;
    EXPECT_EQ(failure->peer ? failure->peer->to_text() : "", "192.0.2.1:5") << text;
  }
}

TEST(OpenvpnLine, NamesTheUserWhereItIsTold) {
  EXPECT_EQ(read_openvpn_line("192.0.2.1:5 VERIFY ERROR: depth=0, error=x: C=RO, CN=anna, serial=7")->user, "anna");
  EXPECT_EQ(read_openvpn_line("192.0.2.1:5 VERIFY ERROR: depth=1, error=x: CN=The CA")->user, "");
  EXPECT_EQ(read_openvpn_line("192.0.2.1:5 SENT CONTROL [anna]: 'AUTH_FAILED' (status=1)")->user, "anna");
  EXPECT_EQ(read_openvpn_line("192.0.2.1:5 SENT CONTROL [UNDEF]: 'AUTH_FAILED' (status=1)")->user, "");
  EXPECT_EQ(read_openvpn_line("AUTH-PAM: BACKGROUND: user 'eve' failed to authenticate: x")->user, "eve");
  EXPECT_EQ(read_openvpn_line("Incorrect password supplied for LDAP DN \"CN=DOE john,OU=u,DC=x\".")->user, "DOE john");
}

TEST(OpenvpnLine, LeavesWhatWentWellAlone) {
  for (const auto* text : {"192.0.2.1:5 VERIFY OK: depth=0, CN=anna",
                           "192.0.2.1:5 TLS: Username/Password authentication succeeded for "
                           "username 'anna'",
                           "anna/192.0.2.1:5 Connection reset, restarting [0]", "TUN/TAP device tun0 opened", "",
                           "192.0.2.1:5 peer info: IV_PLAT=linux",
                           "Note: --cipher is not set. OpenVPN versions before 2.5 defaulted to BF-CBC as fallback "
                           "when cipher negotiation "
                           "failed in this case."})
    EXPECT_FALSE(read_openvpn_line(text)) << text;
}

class Failures : public ::testing::Test {
 protected:
  std::vector<std::string> whys(std::initializer_list<std::string_view> lines) {
    std::vector<std::string> all;
    const auto add = [&](const std::vector<FailedClient>& sure) {
      for (const auto& failed : sure)
        all.push_back(std::string(failed.why) + (failed.user.empty() ? "" : " " + failed.user));
    };
    for (const auto line : lines) {
      if (const auto failure = read_openvpn_line(line)) add(failures.take_in(*failure, at));
      at += base::Seconds(1);
    }
    add(failures.finish());
    return all;
  }
  OpenvpnFailures failures;
  base::Time at = base::from_unix_seconds(1'795'000'000);
};

using Whys = std::vector<std::string>;

TEST_F(Failures, AreOneForEachClientThatFailed) {
  EXPECT_EQ(whys({"192.0.2.1:5 VERIFY ERROR: depth=0, error=x: CN=anna",
                  "192.0.2.1:5 OpenSSL: error:1417C086:SSL routines::certificate verify failed",
                  "192.0.2.1:5 TLS_ERROR: BIO read tls_read_plaintext error",
                  "192.0.2.1:5 TLS Error: TLS object -> incoming plaintext read error",
                  "192.0.2.1:5 TLS Error: TLS handshake failed"}),
            Whys{"certificate_rejected anna"});
  EXPECT_EQ(whys({"192.0.2.2:5 TLS Auth Error: Auth Username/Password verification failed for peer",
                  "192.0.2.2:5 SENT CONTROL [UNDEF]: 'AUTH_FAILED' (status=1)"}),
            Whys{"auth_failed"});
  EXPECT_EQ(whys({"192.0.2.3:5 TLS Error: TLS handshake failed", "192.0.2.4:5 TLS Error: TLS handshake failed"}),
            (Whys{"tls_error", "tls_error"}));
}

TEST_F(Failures, CountEveryPacketThatIsNotTrue) {
  const std::string_view line = "TLS Error: incoming packet authentication failed from [AF_INET]192.0.2.1:5";
  EXPECT_EQ(whys({"Authenticate/Decrypt packet error: packet HMAC authentication failed", line,
                  "Authenticate/Decrypt packet error: packet HMAC authentication failed", line}),
            (Whys{"tls_error", "tls_error"}));
}

TEST_F(Failures, TakeTheUserFromThePluginThatAskedForIt) {
  EXPECT_EQ(whys({"AUTH-PAM: BACKGROUND: user 'eve' failed to authenticate: Authentication failure",
                  "192.0.2.1:5 TLS Auth Error: Auth Username/Password verification failed for peer"}),
            Whys{"auth_failed eve"});
  EXPECT_EQ(whys({"LDAP user \"bob\" was not found."}), Whys{"auth_failed bob"});
}

TEST_F(Failures, CountADetailThatNothingFollows) {
  const auto detail = *read_openvpn_line("LDAP user \"bob\" was not found.");
  EXPECT_TRUE(failures.take_in(detail, at).empty());
  EXPECT_TRUE(failures.expire(at + base::Seconds(9)).empty());
  EXPECT_EQ(failures.expire(at + base::Seconds(10)).size(), 1U);
  EXPECT_TRUE(failures.finish().empty());
}

}  // namespace
}  // namespace davylamp::firewall
