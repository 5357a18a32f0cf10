#include "app/coverage.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

const base::Time start = base::from_unix_seconds(1'795'000'000);

TEST(Coverage, WaitsForTheCountersThatTheCommitLeftForLater) {
  Coverage coverage;
  coverage.took({.applied = 100, .counters_marked = 3'000}, start);
  EXPECT_EQ(coverage.stored(2'000, start), 0U);
  coverage.took({.applied = 150, .counters_marked = 3'500}, start);
  EXPECT_EQ(coverage.stored(3'000, start), 100U);
  EXPECT_EQ(coverage.stored(3'499, start), 100U);
  EXPECT_EQ(coverage.stored(3'500, start), 150U);
}

TEST(Coverage, WaitsForLastWordsThatWaitForTheirListing) {
  Coverage coverage;
  coverage.took({.applied = 10, .holds_finals = true}, start);
  EXPECT_EQ(coverage.stored(0, start), 0U);
  EXPECT_EQ(coverage.stored(0, start + base::Seconds{4}), 0U);
  EXPECT_EQ(coverage.stored(0, start + Coverage::longest_wait), 10U);
}

TEST(Coverage, IsBoundedAndCatchesUpWithALaterMark) {
  Coverage coverage;
  for (std::uint64_t i = 1; i <= Coverage::most_marks + 50; ++i)
    coverage.took({.applied = i, .counters_marked = 1}, start);
  EXPECT_EQ(coverage.stored(1, start), Coverage::most_marks);
  coverage.took({.applied = 1'000, .counters_marked = 1}, start);
  EXPECT_EQ(coverage.stored(1, start), 1'000U);
}

}  // namespace
}  // namespace davylamp::app
