// Random reports in random order, some of them twice: the hours are the same, and never more than the time that passed.
#include <gtest/gtest.h>

#include <random>

#include "core/agents/testing_lab.hpp"

namespace davylamp::core {
namespace {

struct Report {
  base::Time at{};
  bool failed = false;
};

std::vector<Report> some_reports(std::mt19937& random, base::Time from, bool failures) {
  std::vector<Report> reports;
  for (auto at = from; at < from + base::Seconds{6 * 3600};) {
    reports.push_back({at, failures && random() % 5 == 0});
    const auto lost = random() % 12 == 0 ? random() % 4'000 : 0;
    at += base::Milliseconds{(30 + random() % 40 + lost) * 1'000 + random() % 1'000};
  }
  return reports;
}

using Rows = std::map<base::Time, std::pair<std::uint32_t, std::uint32_t>>;

// Everything is heard of late but the last report.
Rows hours_of(AgentLab& lab, const std::vector<std::size_t>& order, const std::vector<Report>& reports) {
  lab.add("nas");
  lab.lay_down();
  const auto end = reports.back().at + base::Seconds{10};
  lab.now = end;
  lab.board->tick(end);
  for (const auto index : order) {
    model::Heartbeat heartbeat;
    heartbeat.number = index + 1;
    heartbeat.agent = "nas";
    heartbeat.received_at = end;
    heartbeat.measured_at = reports[index].at;
    heartbeat.late = true;
    heartbeat.paths.push_back({"hub", 10, 9, 20.0, 1.0});
    if (reports[index].failed) heartbeat.signal = model::HeartbeatSignal::failed;
    lab.hear(heartbeat);
    if (index % 7 == 0) lab.store();
  }
  lab.store();
  Rows rows;
  for (const auto& [key, row] : lab.hours) {
    rows[row.at] = {row.up_seconds, row.down_seconds};
    EXPECT_LE(row.up_seconds + row.down_seconds, 3'600U);
    EXPECT_LE(row.leaking_seconds, row.up_seconds);
    EXPECT_EQ(row.probes_sent, 10 * row.heartbeats);
  }
  std::uint64_t heartbeats = 0;
  for (const auto& [key, row] : lab.hours) heartbeats += row.heartbeats;
  EXPECT_EQ(heartbeats, reports.size());
  return rows;
}

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  return order;
}

TEST(HoursProperty, WhateverTheOrderAndHoweverOften) {
  for (unsigned seed = 0; seed < 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto reports = some_reports(random, base::from_unix_seconds(1'795'000'000), false);
    auto order = in_order(reports.size());
    AgentLab first;
    const auto expected = hours_of(first, order, reports);
    const auto repeats = order.size() / 3;
    for (std::size_t i = 0; i < repeats; ++i) order.push_back(order[random() % reports.size()]);
    std::ranges::shuffle(order, random);
    AgentLab second;
    EXPECT_EQ(hours_of(second, order, reports), expected);
  }
}

TEST(HoursProperty, FailuresInAnyOrderNeverMakeMoreThanTheTimeThatPassed) {
  for (unsigned seed = 0; seed < 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto reports = some_reports(random, base::from_unix_seconds(1'795'000'000), true);
    auto order = in_order(reports.size());
    std::ranges::shuffle(order, random);
    AgentLab lab;
    const auto rows = hours_of(lab, order, reports);
    std::uint64_t known = 0;
    for (const auto& [at, seconds] : rows) known += seconds.first + seconds.second;
    const auto elapsed = std::chrono::duration_cast<base::Seconds>(reports.back().at - reports.front().at).count() + 10;
    EXPECT_LE(known, static_cast<std::uint64_t>(elapsed));
  }
}

}  // namespace
}  // namespace davylamp::core
