#include "sources/firewall/attempt_counter.hpp"

#include <gtest/gtest.h>

#include <map>

#include "sources/firewall/attempt_intake.hpp"

namespace davylamp::firewall {
namespace {

const base::Time hour = base::from_unix_seconds(1'795'233'600);

model::Address address(unsigned number) {
  return model::Address::from_v4({10, static_cast<std::uint8_t>(number >> 16U), static_cast<std::uint8_t>(number >> 8U),
                                  static_cast<std::uint8_t>(number)});
}

Attempt attempt(unsigned number = 1) {
  return {address(number), "udp", std::uint16_t{1194}, model::AttemptOutcome::refused, "[X]", ""};
}

TEST(AttemptCounter, TellsAbsoluteCountsOfWhatChanged) {
  AttemptCounter counter("edge", {});
  counter.count(attempt(1), hour);
  counter.count(attempt(1), hour + base::Seconds(5));
  counter.count(attempt(2), hour);
  auto rows = counter.take(hour + base::Seconds(6));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].count, 2U);
  EXPECT_EQ(rows[0].hour_at, hour);
  EXPECT_EQ(rows[0].first_at, hour);
  EXPECT_EQ(rows[0].last_at, hour + base::Seconds(5));
  EXPECT_EQ(rows[0].server, "edge");
  EXPECT_EQ(rows[0].address, address(1));
  EXPECT_EQ(rows[0].why, "[X]");
  EXPECT_NE(rows[0].number, rows[1].number);
  counter.count(attempt(1), hour + base::Seconds(7));
  EXPECT_TRUE(counter.take(hour + base::Seconds(8)).empty()) << "told a moment ago";
  const auto again = counter.take(hour + base::Seconds(9));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].count, 3U);
  EXPECT_EQ(again[0].number, rows[0].number);
}

TEST(AttemptCounter, CountsBeyondItsRowsWithoutAddressAndLosesNothing) {
  AttemptCounter counter("edge", {.rows_per_hour = 10});
  for (unsigned i = 0; i < 1'000; ++i) {
    auto one = attempt(i);
    const auto user = "user" + std::to_string(i);
    one.user = user;
    counter.count(one, hour);
  }
  const auto rows = counter.take_all(hour);
  std::uint64_t sum = 0;
  for (const auto& row : rows) sum += row.count;
  EXPECT_EQ(sum, 1'000U);
  ASSERT_EQ(rows.size(), 11U);
  EXPECT_EQ(rows.back().address, std::nullopt);
  EXPECT_EQ(rows.back().port, std::nullopt);
  EXPECT_EQ(rows.back().user, "");
  EXPECT_EQ(rows.back().count, 990U);
  EXPECT_EQ(counter.beyond(), 990U);
}

TEST(AttemptCounter, FreesTheRowsOfAnHourOnceTheyAreTold) {
  AttemptCounter counter("edge", {});
  for (unsigned i = 0; i < 500; ++i) {
    auto one = attempt(i);
    const auto user = "user" + std::to_string(i);
    one.user = user;
    counter.count(one, hour);
  }
  EXPECT_EQ(counter.take_all(hour + base::Seconds(3'600)).size(), 500U);
  EXPECT_EQ(counter.rows(), 500U) << "lines may still come late";
  counter.count(attempt(1), hour + base::Seconds(3'700));
  EXPECT_EQ(counter.take_all(hour + base::Seconds(3'730)).size(), 1U);
  EXPECT_EQ(counter.rows(), 1U);
  // A line of a closed hour begins another row; the one that stayed goes on under its number.
  counter.count(attempt(1), hour);
  counter.count(attempt(1), hour + base::Seconds(3'740));
  const auto rows = counter.take_all(hour + base::Seconds(3'750));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].number, 502U);
  EXPECT_EQ(rows[0].count, 1U);
  EXPECT_EQ(rows[1].number, 501U);
  EXPECT_EQ(rows[1].count, 2U);
  EXPECT_EQ(rows[1].why, "[X]");
}

TEST(AttemptCounter, TellsOnlyValidText) {
  AttemptCounter counter("edge", {});
  auto one = attempt();
  one.user = "\xff\xfe";
  counter.count(one, hour);
  EXPECT_EQ(counter.take_all(hour).at(0).user, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

class Intake : public ::testing::Test {
 protected:
  std::map<model::AttemptOutcome, std::uint64_t> outcomes(AttemptIntake& intake) {
    std::map<model::AttemptOutcome, std::uint64_t> all;
    for (const auto& row : intake.take_all(hour)) all[row.outcome] += row.count;
    return all;
  }
  static LogLine line(const std::string& text) { return read_log_line(text); }
  const std::string fields = " IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=40 PROTO=TCP SPT=1 DPT=2 SYN";
};

TEST_F(Intake, TakesEveryPacketForRefusedWithoutRules) {
  AttemptIntake intake({"edge", {}, {}});
  intake.take_firewall_line(line("anything" + fields), hour, std::nullopt);
  EXPECT_EQ(outcomes(intake), (std::map<model::AttemptOutcome, std::uint64_t>{{model::AttemptOutcome::refused, 1}}));
}

TEST_F(Intake, GoesByThePrefix) {
  AttemptIntake intake({"edge", {"[VPN-CONN] "}, {"[UFW BLOCK]"}});
  for (const auto* prefix : {"[VPN-CONN]", "[VPN-CONN] x", "[UFW BLOCK]", "[OTHER]"})
    intake.take_firewall_line(line(prefix + fields), hour, std::nullopt);
  EXPECT_EQ(outcomes(intake), (std::map<model::AttemptOutcome, std::uint64_t>{{model::AttemptOutcome::accepted, 2},
                                                                              {model::AttemptOutcome::refused, 1}}));
  EXPECT_EQ(intake.stats().others, 1U);
}

TEST_F(Intake, LeavesOutgoingAndOldPacketsAlone) {
  AttemptIntake intake({"edge", {}, {}});
  intake.take_firewall_line(line("X IN= OUT=eth0 SRC=192.0.2.2 DST=192.0.2.1 PROTO=TCP SPT=1 DPT=2"), hour, {});
  intake.take_firewall_line(line("2020-01-01T00:00:00Z h kernel: X" + fields), hour, {});
  EXPECT_TRUE(outcomes(intake).empty());
  EXPECT_EQ(intake.stats().outgoing, 1U);
  EXPECT_EQ(intake.stats().too_old, 1U);
}

TEST_F(Intake, CountsDamagedLines) {
  AttemptIntake intake({"edge", {}, {}});
  intake.take_firewall_line(line("X IN=eth0 OUT= SRC=192.0.2."), hour, {});
  EXPECT_EQ(intake.stats().unreadable, 1U);
}

TEST_F(Intake, CountsFailedClientsOfOpenvpn) {
  AttemptIntake intake({"edge", {}, {}});
  intake.take_openvpn_line(
      line("2026-11-21T04:00:01Z h ovpn[7]: 192.0.2.254:64480 TLS Auth Error: Auth Username/Password verification "
           "failed for peer"),
      hour + base::Seconds(2));
  const auto rows = intake.take_all(hour + base::Seconds(2));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, model::AttemptOutcome::failed);
  EXPECT_EQ(rows[0].why, "auth_failed");
  EXPECT_EQ(rows[0].address->to_string(), "192.0.2.254");
  EXPECT_EQ(rows[0].first_at, hour + base::Seconds(1));
}

}  // namespace
}  // namespace davylamp::firewall
