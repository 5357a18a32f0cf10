#include "witness/sockets/flow_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/testing/witness_scene.hpp"

namespace davylamp::sockets {
namespace {

using contract::testing::RecordingFlowSink;

class Flows : public testing::Test {
 protected:
  static DiagSocket socket(std::uint64_t cookie, std::uint64_t rx, std::uint64_t tx) {
    DiagSocket made;
    made.cookie = cookie;
    made.state = SocketState::established;
    made.local = {*model::Address::parse("192.0.2.1"), 443};
    made.peer = {*model::Address::parse("198.51.100.7"), 50'000};
    made.tcp.emplace();
    made.tcp->has_bytes = made.tcp->has_sent = true;
    made.tcp->bytes_received = rx;
    made.tcp->bytes_acked = made.tcp->bytes_sent = tx;
    return made;
  }
  void list(const std::vector<DiagSocket>& sockets) {
    now += base::Seconds{5};
    table.begin(now);
    for (const auto& one : sockets) table.listed(now, one);
    table.end(now);
  }
  base::Time now = base::from_unix_seconds(1'795'000'000);
  RecordingFlowSink sink;
  FlowTable table{sink};
};

TEST_F(Flows, AConnectionIsOneFlowUnderItsCookie) {
  list({socket(9, 100, 200)});
  list({socket(9, 150, 250)});
  ASSERT_EQ(sink.flows().size(), 1U);
  EXPECT_EQ(sink.flows().at(9).counters->rx_bytes, 150U);
  EXPECT_EQ(sink.flows().at(9).counters->tx_bytes, 250U);
  EXPECT_EQ(sink.flows().at(9).service_port, 443);
}

TEST_F(Flows, TheLastWordComesWithTheEnd) {
  list({socket(9, 100, 200)});
  table.destroyed(now, socket(9, 180, 290));
  ASSERT_TRUE(sink.has_ended(9));
  EXPECT_EQ(sink.ends().at(9).counters->rx_bytes, 180U);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Flows, AConnectionThatNoDumpSawIsToldWithItsEnd) {
  table.destroyed(now, socket(4, 10, 20));
  EXPECT_EQ(sink.flows().at(4).peer.to_text(), "198.51.100.7:50000");
  EXPECT_EQ(sink.ends().at(4).counters->tx_bytes, 20U);
}

TEST_F(Flows, ADumpThatWasReadLateDoesNotReviveWhatEnded) {
  table.begin(now);
  table.destroyed(now, socket(4, 10, 20));
  table.listed(now, socket(4, 10, 20));
  table.end(now);
  list({socket(4, 10, 20)});  // the sink fails the test when it is seen after its end
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Flows, OneDumpWithoutItIsNoEndAndTwoAre) {
  list({socket(1, 1, 1), socket(2, 1, 1)});
  list({socket(1, 1, 1)});
  EXPECT_TRUE(sink.last_listing().contains(2));
  list({socket(1, 1, 1)});
  EXPECT_FALSE(sink.last_listing().contains(2));
  EXPECT_EQ(table.size(), 1U);
}

TEST_F(Flows, AcknowledgedFinIsNoByteOfTheStream) {
  auto last = socket(1, 5, 1000);
  last.tcp->bytes_acked = 1001;
  table.destroyed(now, last);
  EXPECT_EQ(sink.ends().at(1).counters->tx_bytes, 1000U);
}

TEST_F(Flows, RetransmissionsAreNotDelivered) {
  auto lossy = socket(1, 5, 1000);
  lossy.tcp->bytes_sent = 1500;
  lossy.tcp->bytes_retransmitted = 500;
  list({lossy});
  EXPECT_EQ(sink.flows().at(1).counters->tx_bytes, 1000U);
}

TEST_F(Flows, LossIsThatOfTheLastMinuteNotOfAllTime) {
  auto at = socket(1, 0, 1000);
  at.tcp->bytes_sent = 2000;
  at.tcp->bytes_retransmitted = 1000;
  list({at});
  EXPECT_DOUBLE_EQ(sink.flows().at(1).quality->tx_loss.value(), 0.5);
  for (int minute = 0; minute < 3; ++minute) {
    now += base::Seconds{60};
    at.tcp->bytes_sent += 1000;
    at.tcp->bytes_acked += 1000;
    list({at});
  }
  EXPECT_DOUBLE_EQ(sink.flows().at(1).quality->tx_loss.value(), 0.0);
  EXPECT_EQ(sink.flows().at(1).quality->loss_method, "tcp_info");
}

TEST_F(Flows, RoundTripTimesAreMilliseconds) {
  auto at = socket(1, 0, 1);
  at.tcp->rtt_microseconds = 40'700;
  at.tcp->rtt_min_microseconds = 39'500;
  at.tcp->rtt_variance_microseconds = 1'500;
  at.tcp->delivery_bytes_per_second = 1000;
  list({at});
  const auto quality = *sink.flows().at(1).quality;
  EXPECT_DOUBLE_EQ(quality.rtt_milliseconds.value(), 40.7);
  EXPECT_DOUBLE_EQ(quality.rtt_min_milliseconds.value(), 39.5);
  EXPECT_DOUBLE_EQ(quality.jitter_milliseconds.value(), 1.5);
  EXPECT_EQ(quality.delivery_bps, 8000U);
}

TEST_F(Flows, WhatCannotBeKnownIsAbsent) {
  auto young = socket(1, 0, 0);
  list({young});
  const auto quality = *sink.flows().at(1).quality;
  EXPECT_FALSE(quality.rtt_milliseconds || quality.rtt_method || quality.tx_loss || quality.loss_method);
  auto old_kernel = socket(2, 0, 0);
  old_kernel.tcp->has_bytes = old_kernel.tcp->has_sent = false;
  old_kernel.tcp->segments_out = 100;
  old_kernel.tcp->segments_retransmitted = 3;
  list({old_kernel});
  EXPECT_FALSE(sink.flows().at(2).counters);
  EXPECT_DOUBLE_EQ(sink.flows().at(2).quality->tx_loss.value(), 0.03);
}

TEST_F(Flows, SilenceTellsWhenAPacketPassedLast) {
  auto idle = socket(1, 0, 0);
  idle.tcp->last_data_sent_milliseconds = 60'000;
  idle.tcp->last_data_received_milliseconds = 90'000;
  idle.tcp->last_ack_received_milliseconds = 59'000;
  list({idle});
  EXPECT_EQ(sink.flows().at(1).last_seen_at, now - base::Seconds{59});
  EXPECT_EQ(sink.flows().at(1).began_at, now - base::Seconds{90});
}

TEST_F(Flows, PortsThatAreWatchedNoMoreAreForgotten) {
  list({socket(1, 0, 0)});
  table.forget_other_ports({{}, {443}, {}});
  EXPECT_EQ(table.size(), 1U);
  table.forget_other_ports({{443}, {}, {}});
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace davylamp::sockets
