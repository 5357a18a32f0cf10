#include "app/decode/decode_vici.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "app/decode/testing/decoded.hpp"
#include "sources/ipsec/vici_message.hpp"

namespace davylamp::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

Decoded decode(std::string_view input) {
  return decoded_by(decode_vici, input);
}

std::string corpus(const std::string& name) {
  const char* folder = std::getenv("DAVYLAMP_CORPUS");
  const fs::path path = fs::path(folder != nullptr ? folder : DAVYLAMP_SOURCE_DIR "/../shared/corpus") / name;
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const json::object& line, std::string_view name) {
  const auto* found = line.if_contains(name);
  return found == nullptr ? "" : json::serialize(*found);
}

TEST(DecodeVici, ThreeWaysToPrintTheSameSay) {
  for (const std::string name : {"swanctl-list-sas.txt", "swanctl-list-sas.raw.txt", "swanctl-list-sas.pretty.txt"}) {
    const auto input = corpus("live/" + name);
    if (input.empty()) GTEST_SKIP() << "needs the corpus";
    const auto decoded = decode(input);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << name;
    const auto ikes = decoded.of_kind("ike");
    ASSERT_EQ(ikes.size(), 2U) << name;
    EXPECT_EQ(text_of(ikes[0], "user"), "\"dave\"");
    EXPECT_EQ(text_of(ikes[0], "real_address"), "\"2001:db8:100::12\"");
    EXPECT_EQ(text_of(ikes[1], "user"), "\"carol@example.org\"");
    EXPECT_EQ(text_of(ikes[1], "real_port"), "4500");
    EXPECT_EQ(text_of(ikes[1], "virtual_addresses"), "[\"10.200.0.1\",\"fd20::1\"]");
    EXPECT_EQ(text_of(ikes[1], "established_seconds"), "2");
    const auto children = decoded.of_kind("child");
    ASSERT_EQ(children.size(), 1U) << name;
    EXPECT_EQ(text_of(children[0], "name"), "\"net\"");
    EXPECT_EQ(text_of(children[0], "spi_in"), "\"8514ecc7\"");
    EXPECT_EQ(text_of(children[0], "encapsulated"), "true");
    EXPECT_EQ(text_of(children[0], "cipher"), "\"AES_CBC-128/HMAC_SHA2_256_128\"");
    EXPECT_EQ(text_of(children[0], "rx_packets"), "2");
    EXPECT_EQ(text_of(children[0], "local_selectors"), "[\"10.77.0.0/16\",\"fd77::/32\"]");
    EXPECT_EQ(decoded.number("rx_bytes"), 168U);
    EXPECT_EQ(decoded.number("tx_bytes"), 168U);
  }
}

TEST(DecodeVici, SaysThatARecordingIsTorn) {
  const auto input = corpus("live/swanctl-monitor-sa.raw");
  if (input.empty()) GTEST_SKIP() << "needs the corpus";
  const auto decoded = decode(input);
  EXPECT_EQ(decoded.outcome, DecodeOutcome::skipped);
  EXPECT_EQ(decoded.number("problems"), 1U);
  EXPECT_EQ(text_of(decoded.of_kind("message")[0], "up"), "true");
  EXPECT_EQ(decoded.number("rx_bytes"), 168U);
}

TEST(DecodeVici, ReadsEveryPatternOfStrongswan) {
  const auto input = corpus("ipsec/strongswan-list-sas-raw.patterns.tsv");
  if (input.empty()) GTEST_SKIP() << "needs the corpus";
  const auto decoded = decode(input);
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood);
  const auto ikes = decoded.of_kind("ike");
  EXPECT_EQ(ikes.size(), 440U);
  EXPECT_EQ(std::ranges::count_if(ikes, [](const auto& ike) { return ike.at("expected").as_bool(); }), 421);
  EXPECT_EQ(text_of(ikes[0], "user"), "\"mars.strongswan.org\"");
  EXPECT_EQ(text_of(ikes[0], "initiator"), "true");
  EXPECT_EQ(text_of(decoded.of_kind("child")[0], "remote_selectors"), "[\"10.1.0.0/16\"]");
}

TEST(DecodeVici, KeepsNamesWithSpacesWhole) {
  const auto decoded = decode(
      "list-sa event {rw {uniqueid=7 remote-host=192.0.2.1 remote-id=C=CH, O=Some Company, CN=moon x "
      "child-sas {net-1 {name=net bytes-in=1 remote-ts=[10.1.0.0/16[tcp/80] 10.2.0.0/16]}}}}\n");
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood);
  EXPECT_EQ(text_of(decoded.of_kind("ike")[0], "user"), "\"C=CH, O=Some Company, CN=moon x\"");
  EXPECT_EQ(text_of(decoded.of_kind("child")[0], "remote_selectors"), "[\"10.1.0.0/16[tcp/80]\",\"10.2.0.0/16\"]");
}

TEST(DecodeVici, ReadsPacketsOfBothDirections) {
  using ipsec::Node;
  using ipsec::PacketType;
  using ipsec::to_message;
  const Node moon{Node::Kind::section, "rw", {}, {}, {{Node::Kind::value, "remote-eap-id", "eve\x1b", {}, {}}}};
  const Node up{Node::Kind::value, "up", "yes", {}, {}};
  const Node version{Node::Kind::value, "version", "5.9.8", {}, {}};
  const auto stream = to_packet(PacketType::event_register, "ike-updown") + to_packet(PacketType::event_confirm, "") +
                      to_packet(PacketType::request, "version") +
                      to_packet(PacketType::response, "", to_message({{}, {}, {}, {}, {version}})) +
                      to_packet(PacketType::event, "ike-updown", to_message({{}, {}, {}, {}, {up, moon}}));
  const auto decoded = decode(stream);
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood);
  const auto messages = decoded.of_kind("message");
  ASSERT_EQ(messages.size(), 5U);
  EXPECT_EQ(text_of(messages[0], "type"), "\"event_register\"");
  EXPECT_EQ(text_of(messages[3], "content"), "{\"version\":\"5.9.8\"}");
  EXPECT_EQ(text_of(messages[4], "up"), "true");
  EXPECT_EQ(decoded.of_kind("ike").size(), 1U);
  const auto torn = decode(stream.substr(0, stream.size() - 1));
  EXPECT_EQ(torn.outcome, DecodeOutcome::skipped);
  EXPECT_EQ(torn.number("problems"), 1U);
  EXPECT_EQ(decode("hello\n").outcome, DecodeOutcome::unreadable);
}

}  // namespace
}  // namespace davylamp::app
