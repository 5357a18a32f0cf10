#include "witness/conntrack/ctnetlink.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace davylamp::conntrack {
namespace {

// A listing of five connections, then the events of their begin and end, as a kernel 6.18 told them.
std::string recording() {
  std::ifstream file(std::string(DAVYLAMP_SOURCE_DIR) + "/fuzz/seeds/conntrack/recording", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Message> messages_of(std::string_view bytes) {
  std::vector<Message> messages;
  auto rest = std::as_bytes(std::span(bytes));
  Message message;
  while (next_message(rest, message)) messages.push_back(message);
  return messages;
}

std::map<MessageKind, std::size_t> kinds_of(const std::vector<Message>& messages) {
  std::map<MessageKind, std::size_t> kinds;
  for (const auto& message : messages) ++kinds[message.kind];
  return kinds;
}

const Entry* listed_from(const std::vector<Message>& messages, const std::string& source) {
  for (const auto& message : messages)
    if (message.kind == MessageKind::listed && message.entry.original.source().to_string() == source)
      return &message.entry;
  return nullptr;
}

TEST(Ctnetlink, ReadsListingsAndEvents) {
  const auto bytes = recording();
  const auto messages = messages_of(bytes);
  auto kinds = kinds_of(messages);
  EXPECT_EQ(kinds[MessageKind::listed], 5U);
  EXPECT_EQ(kinds[MessageKind::begun], 5U);
  EXPECT_EQ(kinds[MessageKind::ended], 5U);
  EXPECT_EQ(kinds[MessageKind::done], 1U);
  EXPECT_EQ(kinds[MessageKind::malformed], 0U);
}

TEST(Ctnetlink, TellsBothWaysMarksAndTimes) {
  const auto bytes = recording();
  const auto messages = messages_of(bytes);
  const auto* udp = listed_from(messages, "192.0.2.7");
  ASSERT_NE(udp, nullptr);
  EXPECT_EQ(udp->original.destination().to_string(), "10.77.0.1");
  EXPECT_EQ(udp->original.source_port, 45090);
  EXPECT_EQ(udp->original.destination_port, 1194);
  EXPECT_EQ(udp->reply.source_port, 1194);
  EXPECT_EQ(udp->mark, 6U);
  EXPECT_NE(udp->status & status::assured, 0U);
  EXPECT_TRUE(udp->has_counters());
  EXPECT_TRUE(udp->has(Attribute::id));
  EXPECT_GT(udp->start_nanoseconds, 1'700'000'000'000'000'000U);
  EXPECT_LE(udp->timeout_seconds, 300U);
  const auto* translated = listed_from(messages, "192.0.2.8");
  ASSERT_NE(translated, nullptr);
  EXPECT_EQ(translated->reply.source().to_string(), "10.0.0.5");
  EXPECT_EQ(translated->reply.source_port, 11940);
  EXPECT_EQ(translated->zone, 5U);
  EXPECT_NE(translated->status & status::destination_nat, 0U);
}

TEST(Ctnetlink, TellsIpv6AndProtocolStates) {
  const auto bytes = recording();
  const auto messages = messages_of(bytes);
  const auto* tcp = listed_from(messages, "2001:db8::7");
  ASSERT_NE(tcp, nullptr);
  EXPECT_EQ(tcp->original.protocol, IPPROTO_TCP);
  EXPECT_EQ(tcp_state_name(tcp->protocol_state), "ESTABLISHED");
  EXPECT_EQ(tcp_state_name(200), "");
  EXPECT_EQ(sctp_state_name(4), "ESTABLISHED");
}

TEST(Ctnetlink, ARecordingCutAnywhereLosesOnlyItsTail) {
  const auto bytes = recording();
  const auto whole = messages_of(bytes).size();
  for (std::size_t size = 0; size < bytes.size(); size += 3) {
    // In memory of its own, so that a look beyond its end is caught.
    const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto messages = messages_of({cut.data(), cut.size()});
    EXPECT_LE(messages.size(), whole);
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) EXPECT_NE(messages[i].kind, MessageKind::malformed) << size;
  }
}

TEST(Ctnetlink, AnyChangedByteIsSurvived) {
  const auto bytes = recording();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char changed : {'\0', '\xff'}) {
      std::vector<char> hostile(bytes.begin(), bytes.end());
      hostile[at] = changed;
      EXPECT_FALSE(messages_of({hostile.data(), hostile.size()}).empty());
    }
  }
}

}  // namespace
}  // namespace davylamp::conntrack
