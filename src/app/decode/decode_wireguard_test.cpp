#include "app/decode/decode_wireguard.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "app/decode/testing/decoded.hpp"

namespace davylamp::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

Decoded decode(const std::string& input) {
  return decoded_by(decode_wireguard, input);
}

const std::string private_key = "UFJJVkFURQPRIVATEPRIVATEPRIVATEPRIVATE12340=";
const std::string preshared_key = "UFNLUFNLUFNLPRESHAREDPRESHAREDPRESHARED1230=";
const std::string peer_key = "udFq5c4VJY1le2S3HO0fv4S2X3Eim8XRFLm810/doxE=";
const std::string server_key = "cXE89QDMWpsdmjqSoGCuf51wlGO4Y28BgUFoR6abci0=";
const std::string hex_key(64, '7');

std::string dump(const std::string& name) {
  return name + private_key + "\t" + server_key + "\t51820\t0x51\n" + name + peer_key + "\t" + preshared_key +
         "\t[2001:db8::9]:4000\t10.66.0.2/32,fd66::2/128\t1795233871\t644\t476\t25\n" + name + server_key +
         "\t(none)\t(none)\t(none)\t0\t0\t7\toff";
}

TEST(DecodeWireguard, BothDumpsGiveTheSameLines) {
  const auto decoded = decode(dump("wg0\t"));
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood);
  EXPECT_EQ(decoded.text,
            R"({"kind":"interface","interface":"wg0","public_key":"cXE89QDMWpsdmjqSoGCuf51wlGO4Y28BgUFoR6abci0=",)"
            R"("listen_port":51820,"fwmark":81})"
            "\n"
            R"({"kind":"peer","interface":"wg0","public_key":"udFq5c4VJY1le2S3HO0fv4S2X3Eim8XRFLm810/doxE=",)"
            R"("real_address":"2001:db8::9","real_port":4000,"allowed_ips":["10.66.0.2/32","fd66::2/128"],)"
            R"("handshake_at":1795233871,"rx_bytes":644,"tx_bytes":476,"keepalive_seconds":25})"
            "\n"
            R"({"kind":"peer","interface":"wg0","public_key":"cXE89QDMWpsdmjqSoGCuf51wlGO4Y28BgUFoR6abci0=",)"
            R"("allowed_ips":[],"rx_bytes":0,"tx_bytes":7})"
            "\n"
            R"({"kind":"summary","format":"dump","interfaces":1,"peers":2,"rx_bytes":644,"tx_bytes":483,"problems":0})"
            "\n");
  auto single = decode(dump(""));
  EXPECT_EQ(single.outcome, DecodeOutcome::understood);
  EXPECT_EQ(single.summary(), decoded.summary());
}

TEST(DecodeWireguard, NoSecretComesOutOfAnyFormat) {
  const std::string uapi = "private_key=" + hex_key + "\nlisten_port=51820\npublic_key=" + std::string(64, '1') +
                           "\npreshared_key=" + hex_key + "\nrx_bytes=5\ntx_bytes=6\n";
  const std::vector<std::string> inputs{
      dump("wg0\t"),
      dump(""),
      // Interfaces of kindred programs have more columns, also as many as a peer has.
      private_key + "\t" + server_key + "\t51820\t4\t40\t70\t0\toff\n",
      private_key + "\t" + server_key + "\t51820\t4\t40\t70\t0\t5\toff\n",
      "wg0\t" + private_key + "\t" + server_key + "\t51820\t4\t40\t70\t0\toff\n",
      "wg0\t" + private_key + "\t" + server_key + "\t51820\t4\t40\t70\toff\n",
      private_key + "\t" + server_key + "\t\n",
      private_key + "\n",
      "wg0\t" + peer_key + "\t" + preshared_key + "\tx\ty\tz\n",
      uapi + "errno=0\n\n",
      uapi,
      uapi + "private_key=" + hex_key + "\n" + hex_key + "\npreshared_key " + hex_key + "\nerrno=0\n\n",
      "set=1\nprivate_key=" + hex_key + "\n\nerrno=0\n\nget=1\n\n" + uapi + "errno=0\n\n",
      "C: set=1\nC: private_key=" + hex_key + "\nC: \nS: errno=0\nS: \nC: get=1\n",
      "interface: wg0\n  public key: " + server_key + "\n  private key: " + private_key + "\n\npeer: " + peer_key +
          "\n  preshared key: " + preshared_key + "\n",
  };
  for (const auto& input : inputs) {
    const auto decoded = decode(input);
    for (const auto& secret : {private_key, preshared_key, hex_key}) {
      EXPECT_FALSE(decoded.text.contains(secret)) << input << "\n" << decoded.text;
    }
  }
}

TEST(DecodeWireguard, ADialogueIsItsAnswers) {
  const std::string answer = "private_key=" + hex_key + "\nlisten_port=51820\npublic_key=" + std::string(64, '1') +
                             "\nendpoint=[2001:db8::9]:7\nlast_handshake_time_sec=5\nlast_handshake_time_nsec=0\n"
                             "rx_bytes=644\ntx_bytes=476\nallowed_ip=10.66.0.2/32\n";
  for (const auto& text :
       {"get=1\n\n" + answer + "errno=0\n\n", answer + "errno=0\n", "# a remark\n" + answer + "errno=0\n\n"}) {
    const auto decoded = decode(text);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << text;
    EXPECT_EQ(decoded.number("rx_bytes"), 644U);
    EXPECT_EQ(decoded.number("tx_bytes"), 476U);
  }
  const auto twice = decode("get=1\n\n" + answer + "errno=0\n\nget=1\n\n" + answer + "errno=0\n\n");
  EXPECT_EQ(twice.number("interfaces"), 2U);
  EXPECT_EQ(twice.number("rx_bytes"), 1288U);
  const auto refused = decode("get=1\n\nerrno=-22\n\n");
  EXPECT_EQ(refused.of_kind("problem")[0].at("errno").as_int64(), -22);
  EXPECT_NE(refused.outcome, DecodeOutcome::understood);
  EXPECT_EQ(decode(answer).outcome, DecodeOutcome::skipped);
}

TEST(DecodeWireguard, WhatWgShowsToPeopleIsReadAsFarAsItGoes) {
  const auto decoded =
      decode("interface: wg0\n  public key: " + server_key +
             "\n  private key: (hidden)\n  listening port: 51820\n  fwmark: 0x51\n\npeer: " + peer_key +
             "\n  preshared key: (hidden)\n  endpoint: [2001:db8::9]:4000\n  allowed ips: 10.66.0.2/32, "
             "fd66::2/128\n  latest handshake: 1 hour, 2 minutes, 3 seconds ago\n  transfer: 1.50 KiB "
             "received, 508 B sent\n  persistent keepalive: every 25 seconds\n");
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << decoded.text;
  const auto peer = decoded.of_kind("peer").at(0);
  EXPECT_EQ(peer.at("rx_bytes").as_int64(), 1536);
  EXPECT_EQ(peer.at("handshake_age_seconds").as_int64(), 3723);
  EXPECT_EQ(peer.at("keepalive_seconds").as_int64(), 25);
  EXPECT_TRUE(peer.at("rounded").as_bool());
}

TEST(DecodeWireguard, WhatIsSkippedIsSaid) {
  const auto decoded =
      decode("wg0\t" + peer_key + "\t(none)\t192.0.2.1:4\t10.0.0.2/32\t0\tmany\t0\toff\n" + dump("wg0\t"));
  EXPECT_EQ(decoded.outcome, DecodeOutcome::skipped);
  EXPECT_EQ(decoded.of_kind("problem").at(0).at("line").as_int64(), 1);
  EXPECT_EQ(decode("").outcome, DecodeOutcome::unreadable);
  EXPECT_EQ(decode("hello\n").outcome, DecodeOutcome::unreadable);
  EXPECT_EQ(decode(std::string(400, '\0')).outcome, DecodeOutcome::unreadable);
}

struct Expected {
  std::string file;
  std::uint64_t interfaces;
  std::uint64_t peers;
  std::uint64_t rx_bytes;
  std::uint64_t tx_bytes;
};

TEST(DecodeWireguard, TheCorpusHasItsSums) {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  const fs::path corpus =
      chosen != nullptr ? fs::path(chosen) : fs::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!fs::is_directory(corpus / "wireguard")) GTEST_SKIP() << "there is no corpus in " << corpus;
  for (const auto& [file, interfaces, peers, rx_bytes, tx_bytes] :
       std::vector<Expected>{{"live/wg-show-all-dump.txt", 4, 5, 644 + 532 + 476 + 508, 476 + 508 + 644 + 532},
                             {"live/wg-show-lcwg0-dump.txt", 1, 3, 1176, 984},
                             {"live/wg-show.txt", 1, 3, 1176, 984},
                             {"wireguard/index/single-if.dump", 1, 3, 18310, 67503},
                             {"wireguard/index/ipv6-endpoint.dump", 1, 3, 1536, 2816},
                             {"wireguard/index/multi-tunnel.dump", 3, 3, 128001024, 226356148},
                             {"wireguard/index/amnezia.dump", 1, 1, 0, 0}}) {
    std::ifstream opened(corpus / file, std::ios::binary);
    const auto decoded = decode({std::istreambuf_iterator<char>(opened), {}});
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << file << "\n" << decoded.text;
    EXPECT_EQ(decoded.number("interfaces"), interfaces) << file;
    EXPECT_EQ(decoded.number("peers"), peers) << file;
    EXPECT_EQ(decoded.number("rx_bytes"), rx_bytes) << file;
    EXPECT_EQ(decoded.number("tx_bytes"), tx_bytes) << file;
  }
}

// Another parser's reading of the same files, where it is there.
TEST(DecodeWireguard, AgreesWithTheExpectedJsonOfTheCorpus) {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  const fs::path corpus =
      chosen != nullptr ? fs::path(chosen) : fs::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  std::size_t files = 0;
  if (!fs::is_directory(corpus / "wireguard")) GTEST_SKIP() << "there is no corpus in " << corpus;
  for (const auto& entry : fs::directory_iterator(corpus / "wireguard")) {
    auto expected_path = entry.path();
    if (expected_path.extension() != ".out" || !fs::exists(expected_path.replace_extension(".json"))) continue;
    ++files;
    std::ifstream opened(entry.path(), std::ios::binary);
    std::ifstream expected_file(expected_path, std::ios::binary);
    const auto decoded = decode({std::istreambuf_iterator<char>(opened), {}});
    const auto expected = json::parse(std::string{std::istreambuf_iterator<char>(expected_file), {}}).as_array();
    const auto peers = decoded.of_kind("peer");
    std::size_t next = 0;
    EXPECT_EQ(decoded.of_kind("interface").size(), expected.size()) << entry.path();
    for (const auto& device : expected) {
      EXPECT_FALSE(decoded.text.contains(device.at("private_key").as_string()));
      for (const auto& peer : device.at("peers").as_array()) {
        ASSERT_LT(next, peers.size());
        EXPECT_EQ(peers[next].at("public_key"), peer.at("public_key"));
        EXPECT_EQ(peers[next].at("rx_bytes"), peer.at("transfer_rx"));
        EXPECT_EQ(peers[next].at("tx_bytes"), peer.at("transfer_sx"));
        EXPECT_EQ(peers[next].at("allowed_ips"), peer.at("allowed_ips"));
        ++next;
      }
    }
    EXPECT_EQ(next, peers.size());
  }
  EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace davylamp::app
