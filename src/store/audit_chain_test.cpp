#include "store/audit_chain.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <vector>

namespace davylamp::store {
namespace {

using Lines = std::vector<model::AuditEntry>;

Lines three_lines() {
  Lines lines;
  ChainEnd end;
  for (const auto* subject : {"ann", "bob", "ann"}) {
    lines.push_back(
        chained(end, {base::from_unix_seconds(1'795'000'000), "root", "user_blocked", subject, "::1", "why"}));
    end = {lines.back().number, lines.back().hash};
  }
  return lines;
}

ChainEnd end_of(const Lines& lines) {
  return {lines.back().number, lines.back().hash};
}

model::AuditCheck check(const Lines& lines, const ChainEnd& end, const ChainEnd& cut = {}) {
  ChainCheck check(cut);
  for (const auto& line : lines) check.look_at(line);
  return check.result(end);
}

}  // namespace

TEST(AuditChain, HoldsAsItWasWritten) {
  const auto lines = three_lines();
  const auto found = check(lines, end_of(lines));
  EXPECT_EQ(found.lines, 3U);
  EXPECT_EQ(found.first_number, 1U);
  EXPECT_EQ(found.last_hash, lines.back().hash);
  EXPECT_FALSE(found.broken_at);
  EXPECT_FALSE(check({}, {}).broken_at);
}

TEST(AuditChain, NamesTheLineInWhichAnythingWasChanged) {
  const std::function<void(model::AuditEntry&)> changes[] = {
      [](auto& line) { line.at += base::Seconds(1); },
      [](auto& line) { line.account = "rood"; },
      [](auto& line) { line.action = "user_unblocked"; },
      [](auto& line) { line.subject = "bab"; },
      [](auto& line) { line.remote_address = "::2"; },
      [](auto& line) { line.reason = ""; },
      [](auto& line) { line.number = 7; },
      [](auto& line) { line.hash[0] = line.hash[0] == '0' ? '1' : '0'; },
      [](auto& line) { line.detail_hash[70] = line.detail_hash[70] == '0' ? '1' : '0'; },
      [](auto& line) { line.detail_hash.resize(64); }};
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    auto lines = three_lines();
    changes[i](lines[1]);
    EXPECT_EQ(check(lines, end_of(lines)).broken_at, 2U) << i;
  }
}

TEST(AuditChain, ShowsWhatWasTakenOutPutInOrCutOff) {
  const auto whole = three_lines();
  auto lines = whole;
  lines.erase(lines.begin() + 1);
  EXPECT_EQ(check(lines, end_of(whole)).broken_at, 2U);
  lines = whole;
  lines.pop_back();
  EXPECT_EQ(check(lines, end_of(whole)).broken_at, 3U);
  lines = whole;
  lines.insert(lines.begin() + 1, lines[0]);
  EXPECT_EQ(check(lines, end_of(whole)).broken_at, 2U);
  lines = whole;
  lines.erase(lines.begin());
  EXPECT_EQ(check(lines, end_of(whole)).broken_at, 1U);
}

TEST(AuditChain, HoldsWhenTheOldestWereForgottenAsRetentionSays) {
  auto lines = three_lines();
  const auto end = end_of(lines);
  const ChainEnd cut{1, lines[0].hash};
  lines.erase(lines.begin());
  const auto found = check(lines, end, cut);
  EXPECT_FALSE(found.broken_at);
  EXPECT_EQ(found.first_number, 2U);
  lines[0].subject = "eve";
  EXPECT_EQ(check(lines, end, cut).broken_at, 2U);
}

TEST(AuditChain, HoldsWhenSomebodyWasErasedAndKeepsNothingToGuessBy) {
  auto lines = three_lines();
  lines[1] = without_details(lines[1]);
  EXPECT_FALSE(check(lines, end_of(lines)).broken_at);
  EXPECT_EQ(lines[1].detail_hash.size(), detail_hash_bytes);
  lines[1].subject = "somebody else";
  EXPECT_EQ(check(lines, end_of(lines)).broken_at, 2U);
}

TEST(AuditChain, BeginsAfterTheLinesThatAreOlderThanIt) {
  auto lines = three_lines();
  lines.insert(lines.begin(), model::AuditEntry{base::from_unix_seconds(1), "root", "login", "root", "::1"});
  const auto found = check(lines, end_of(lines));
  EXPECT_FALSE(found.broken_at);
  EXPECT_EQ(found.lines, 3U);
}

TEST(AuditChain, TellsItsEndInOneLine) {
  EXPECT_EQ(parse_chain_end(to_text({17, "ab"})), (ChainEnd{17, "ab"}));
  for (const auto* text : {"", "17", "x y", "-1 ab"}) EXPECT_FALSE(parse_chain_end(text)) << text;
}

}  // namespace davylamp::store
