#include "witness/conntrack/flow_table.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "contract/testing/witness_scene.hpp"

namespace davylamp::conntrack {
namespace {

using contract::testing::RecordingFlowSink;

constexpr auto start = base::from_unix_seconds(1'795'000'000);
constexpr std::uint64_t start_nanoseconds = 1'794'999'990'000'000'000;

Message message_of(MessageKind kind, std::uint32_t id, std::uint64_t rx_bytes) {
  Message message;
  message.kind = kind;
  auto& entry = message.entry;
  entry.original = {.family = AF_INET,
                    .protocol = IPPROTO_UDP,
                    .source_port = 4000,
                    .destination_port = 1194,
                    .has_ports = true,
                    .source_bytes = {192, 0, 2, 7},
                    .destination_bytes = {10, 77, 0, 1}};
  entry.reply = {.family = AF_INET,
                 .protocol = IPPROTO_UDP,
                 .source_port = 1194,
                 .destination_port = 4000,
                 .has_ports = true,
                 .source_bytes = {10, 77, 0, 1},
                 .destination_bytes = {192, 0, 2, 7}};
  entry.id = id;
  entry.original_counted = {rx_bytes / 100, rx_bytes};
  entry.status = status::seen_reply | status::assured;
  entry.timeout_seconds = 100;
  for (const auto attribute :
       {Attribute::id, Attribute::timeout, Attribute::status, Attribute::counters_original, Attribute::counters_reply})
    entry.present |= 1U << static_cast<unsigned>(attribute);
  return message;
}

class FlowTableCase : public ::testing::Test {
 protected:
  FlowTableCase() {
    table_.set(ServicePorts({{1194}, {}, {}}, {*model::Address::parse("10.77.0.1")}));
    settings_.present = true;
    settings_.timestamps = false;
    table_.set(settings_);
  }
  void list(const std::vector<Message>& messages, base::Time now = start) {
    table_.begin_listing(now);
    for (const auto& message : messages) table_.take(message, now);
    table_.end_listing(now);
  }
  RecordingFlowSink sink_;
  FlowTable table_{sink_};
  KernelSettings settings_;
};

TEST_F(FlowTableCase, TheRestOfTheTimeoutTellsWhenItWasSeenLast) {
  list({message_of(MessageKind::listed, 1, 500)}, start);
  const auto& flow = sink_.flows().begin()->second;
  EXPECT_EQ(flow.last_seen_at, start);  // not before it began, as far as is known
  list({message_of(MessageKind::listed, 1, 500)}, start + base::Seconds(60));
  EXPECT_EQ(sink_.flows().begin()->second.last_seen_at, start + base::Seconds(40));
}

TEST_F(FlowTableCase, AnIdentityLastsAsLongAsNumberZoneAndStart) {
  auto message = message_of(MessageKind::listed, 1, 500);
  message.entry.start_nanoseconds = start_nanoseconds;
  list({message});
  const auto identity = sink_.flows().begin()->first;
  RecordingFlowSink other;
  FlowTable again(other);
  again.set(ServicePorts({{1194}, {}, {}}, {}));
  again.begin_listing(start);
  again.take(message, start);
  EXPECT_TRUE(other.flows().contains(identity));
  message.entry.zone = 5;
  again.take(message, start);
  message.entry.zone = 0;
  message.entry.start_nanoseconds += 1;
  again.take(message, start);
  EXPECT_EQ(other.flows().size(), 3U);
}

TEST_F(FlowTableCase, ANumberThatComesAgainIsAnotherFlow) {
  list({message_of(MessageKind::listed, 1, 500)});
  table_.take(message_of(MessageKind::ended, 1, 700), start);
  table_.take(message_of(MessageKind::begun, 1, 0), start);
  list({message_of(MessageKind::listed, 1, 100)});
  EXPECT_EQ(sink_.flows().size(), 2U);
  EXPECT_EQ(sink_.ends().begin()->second.counters->rx_bytes, 700U);
}

TEST_F(FlowTableCase, AnEndIsNotTakenBackByAnOlderPartOfTheListing) {
  list({message_of(MessageKind::listed, 1, 500)});
  table_.begin_listing(start);
  table_.take(message_of(MessageKind::ended, 1, 700), start);
  table_.take(message_of(MessageKind::listed, 1, 600), start);
  table_.end_listing(start);
  EXPECT_EQ(sink_.flows().size(), 1U);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(FlowTableCase, AnEndOfAnUnknownFlowStillCounts) {
  auto message = message_of(MessageKind::ended, 9, 4000);
  message.entry.start_nanoseconds = start_nanoseconds;
  table_.take(message, start);
  ASSERT_EQ(sink_.flows().size(), 1U);
  EXPECT_EQ(sink_.ends().begin()->second.counters->rx_bytes, 4000U);
}

TEST_F(FlowTableCase, AnEntryThatOnlyExpiredEndedWithItsLastPacket) {
  list({message_of(MessageKind::listed, 1, 500)});
  table_.take(message_of(MessageKind::ended, 1, 500), start + base::Seconds(120));
  EXPECT_EQ(sink_.ends().begin()->second.ended_at, start);
  list({message_of(MessageKind::listed, 2, 500)});
  table_.take(message_of(MessageKind::ended, 2, 600), start + base::Seconds(3));
  EXPECT_EQ(std::ranges::count_if(sink_.ends(),
                                  [](const auto& end) { return end.second.ended_at == start + base::Seconds(3); }),
            1);
}

TEST_F(FlowTableCase, WithStartTimesABeginAsksForAListing) {
  EXPECT_TRUE(table_.take(message_of(MessageKind::begun, 1, 0), start));
  EXPECT_EQ(sink_.flows().size(), 1U);
  settings_.timestamps = true;
  table_.set(settings_);
  EXPECT_TRUE(table_.take(message_of(MessageKind::begun, 2, 0), start));
  EXPECT_EQ(sink_.flows().size(), 1U);
}

TEST(PlanListing, FiltersWhereTheTableIsFullOfOthers) {
  KernelSettings settings;
  settings.buckets = 262'144;
  settings.count = 500;
  const contract::WatchedPorts ports{{1194}, {443}, {}};
  EXPECT_EQ(plan_listing(ports, settings, 100).size(), 1U);
  settings.count = 1'000'000;
  const auto plan = plan_listing(ports, settings, 100);
  EXPECT_EQ(plan.size(), 12U);
  EXPECT_TRUE(std::ranges::all_of(plan, [](const auto& filter) { return filter.family != 0 && filter.protocol; }));
}

TEST(LastPacket, OfTcpGoesByTheStateAndWhatIsUnacknowledged) {
  auto entry = message_of(MessageKind::listed, 1, 1).entry;
  entry.original.protocol = IPPROTO_TCP;
  entry.protocol_state = 3;
  entry.timeout_seconds = 431'990;
  EXPECT_EQ(last_packet_at(entry, {}, start), start - base::Seconds(10));
  entry.timeout_seconds = 280;
  EXPECT_EQ(last_packet_at(entry, {}, start), start - base::Seconds(20));
  entry.protocol_state = 200;
  EXPECT_EQ(last_packet_at(entry, {}, start), start);
}

}  // namespace
}  // namespace davylamp::conntrack
