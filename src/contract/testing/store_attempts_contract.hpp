// What every store must do with attempts.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

inline StoredAttempt attempt_row(std::uint64_t number, const std::string& address, std::uint64_t count) {
  model::AttemptCount attempt;
  attempt.number = number;
  attempt.hour_at = at(0);
  if (!address.empty()) attempt.address = *model::Address::parse(address);
  attempt.place = sample_place();
  attempt.protocol = "udp";
  attempt.port = std::uint16_t{1194};
  attempt.outcome = model::AttemptOutcome::failed;
  attempt.why = "auth_failed";
  attempt.user = "anna";
  attempt.server = "udp";
  attempt.count = count;
  attempt.first_at = at(10);
  attempt.last_at = at(20);
  return {{"node", "firewall", "edge"}, 7, attempt};
}

inline std::vector<std::uint64_t> counts(const AttemptPage& page) {
  std::vector<std::uint64_t> all;
  for (const auto& row : page.items) all.push_back(row.count);
  return all;
}

TEST_P(StoreContract, KeepsEveryMemberOfAnAttempt) {
  batch.attempts = {attempt_row(1, "198.51.100.9", 3)};
  commit();
  const auto page = reader->attempts({.from = at(0)});
  ASSERT_EQ(page.items.size(), 1U);
  const AttemptRow wanted{.address = *model::Address::parse("198.51.100.9"),
                          .place = sample_place(),
                          .protocol = "udp",
                          .port = std::uint16_t{1194},
                          .outcome = model::AttemptOutcome::failed,
                          .why = "auth_failed",
                          .user = "anna",
                          .server = "udp",
                          .count = 3,
                          .first_at = at(10),
                          .last_at = at(20)};
  EXPECT_EQ(page.items[0], wanted);
  EXPECT_EQ(page.total, 1U);
  EXPECT_EQ(page.countries, (std::vector<CountryAttempts>{{"DE", "Germany", 0, 3, 0}}));
}

TEST_P(StoreContract, RaisesTheCountOfARowAndNeverAdds) {
  batch.attempts = {attempt_row(1, "198.51.100.9", 3)};
  commit();
  auto later = attempt_row(1, "198.51.100.9", 5);
  later.attempt.last_at = at(90);
  batch.attempts = {later};
  commit();
  batch.attempts = {attempt_row(1, "198.51.100.9", 4)};
  commit();
  const auto page = reader->attempts({.from = at(0)});
  EXPECT_EQ(counts(page), std::vector<std::uint64_t>{5});
  EXPECT_EQ(page.items.at(0).last_at, at(90));
}

TEST_P(StoreContract, AddsUpHoursAndBootsOfOneAddress) {
  auto next_hour = attempt_row(2, "198.51.100.9", 4);
  next_hour.attempt.hour_at = at(3'600);
  next_hour.attempt.first_at = at(3'700);
  next_hour.attempt.last_at = at(3'800);
  auto next_boot = attempt_row(1, "198.51.100.9", 5);
  next_boot.boot = 8;
  batch.attempts = {attempt_row(1, "198.51.100.9", 3), next_hour, next_boot};
  commit();
  const auto page = reader->attempts({.from = at(59)});
  EXPECT_EQ(counts(page), std::vector<std::uint64_t>{12});
  EXPECT_EQ(page.items.at(0).first_at, at(10));
  EXPECT_EQ(page.items.at(0).last_at, at(3'800));
  EXPECT_EQ(counts(reader->attempts({.from = at(3'600)})), std::vector<std::uint64_t>{4});
}

TEST_P(StoreContract, ListsAttemptsWithoutAddressAsOne) {
  auto elsewhere = attempt_row(2, "", 4);
  elsewhere.attempt.place->country_code = "FR";
  elsewhere.attempt.place->country = "France";
  auto nowhere = attempt_row(3, "", 1);
  nowhere.attempt.place.reset();
  batch.attempts = {attempt_row(1, "", 3), elsewhere, nowhere};
  commit();
  const auto page = reader->attempts({.from = at(0)});
  EXPECT_EQ(counts(page), std::vector<std::uint64_t>{8});
  EXPECT_EQ(page.items.at(0).address, std::nullopt);
  EXPECT_EQ(page.items.at(0).place, std::nullopt);
  EXPECT_EQ(page.countries,
            (std::vector<CountryAttempts>{{"FR", "France", 0, 4, 0}, {"DE", "Germany", 0, 3, 0}, {{}, {}, 0, 1, 0}}));
}

TEST_P(StoreContract, FiltersAttempts) {
  auto refused = attempt_row(2, "198.51.100.10", 4);
  refused.attempt.outcome = model::AttemptOutcome::refused;
  auto other = attempt_row(3, "198.51.100.11", 5);
  other.attempt.server = "tcp";
  batch.attempts = {attempt_row(1, "198.51.100.9", 3), refused, other};
  commit();
  EXPECT_EQ(counts(reader->attempts({.from = at(0), .outcome = model::AttemptOutcome::refused})),
            std::vector<std::uint64_t>{4});
  EXPECT_EQ(counts(reader->attempts({.from = at(0), .servers = {"tcp"}})), std::vector<std::uint64_t>{5});
  EXPECT_EQ(reader->attempts({.from = at(0), .servers = {"none"}}).total, 0U);
}

TEST_P(StoreContract, PagesAttemptsWithoutLossOrDouble) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto row = attempt_row(i + 1, "203.0.113." + std::to_string(i), 1 + i % 7);
    row.attempt.last_at = at(100 + static_cast<int>(i % 5));
    if (i % 10 == 0) row.attempt.port.reset();
    batch.attempts.push_back(row);
  }
  commit();
  for (const auto sort : {AttemptSort::count, AttemptSort::last_at}) {
    std::set<std::string> seen;
    AttemptQuery query{.from = at(0), .sort = sort, .limit = 9};
    std::uint64_t last = ~std::uint64_t{0};
    for (int page_number = 0; page_number < 12; ++page_number) {
      const auto page = reader->attempts(query);
      EXPECT_EQ(page.total, 100U);
      for (const auto& row : page.items) {
        EXPECT_TRUE(seen.insert(row.address->to_string()).second);
        const auto value =
            sort == AttemptSort::count ? row.count : static_cast<std::uint64_t>(base::to_unix_seconds(row.last_at));
        EXPECT_LE(value, last);
        last = value;
      }
      query.cursor = page.next_cursor;
      if (!query.cursor) break;
    }
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_EQ(query.cursor, std::nullopt);
  }
  EXPECT_THROW(reader->attempts({.from = at(0), .cursor = "-last_at.1..x"}), base::Failure);
}

TEST_P(StoreContract, ForgetsAttemptsWithTheEvents) {
  batch.attempts = {attempt_row(1, "198.51.100.9", 3)};
  commit();
  EXPECT_EQ(writer->forget(at(0) + base::Seconds(90), {.events = base::Seconds(100)}, 10), 0U);
  EXPECT_EQ(writer->forget(at(0) + base::Seconds(101), {.events = base::Seconds(100)}, 10), 1U);
  EXPECT_EQ(reader->attempts({.from = at(0)}).total, 0U);
}

TEST_P(StoreLimitsContract, ErasesTheAttemptsThatNameAUser) {
  auto other = attempt_row(2, "198.51.100.9", 4);
  other.attempt.user = "bert";
  batch.attempts = {attempt_row(1, "198.51.100.9", 3), other};
  commit();
  EXPECT_EQ(limits->erase_user("anna", done("user_erased")), 1U);
  EXPECT_EQ(counts(reader->attempts({.from = at(0)})), std::vector<std::uint64_t>{4});
}

}  // namespace davylamp::contract::testing
