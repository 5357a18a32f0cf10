#include "app/pulse/pulse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

using testing::HasSubstr;

const auto noon = base::from_unix_seconds(1'795'300'000);

struct StandingClock : base::Clock {
  base::Time now() const override { return noon; }
};

TEST(Pulse, IsAliveWhileEveryLoopTurns) {
  const PulseReport report{.roles = {{"process", noon}, {"serve", noon - base::Seconds{14}}}, .trouble = {}};
  EXPECT_TRUE(judge(report, noon).alive);
  EXPECT_TRUE(judge(report, noon).ready);
  const auto later = judge(report, noon + base::Seconds{5});
  EXPECT_FALSE(later.alive);
  EXPECT_FALSE(later.ready);
  EXPECT_THAT(later.text, HasSubstr("serve has not turned for 19 s"));
  EXPECT_TRUE(judge(report, noon - base::Seconds{3'600}).alive) << "the clock was put back";
}

TEST(Pulse, InTroubleItIsAliveAndNotReady) {
  const PulseReport report{.roles = {{"process", noon}}, .trouble = "Redis is away"};
  EXPECT_TRUE(judge(report, noon).alive);
  EXPECT_FALSE(judge(report, noon).ready);
  EXPECT_EQ(judge(report, noon).text, "Redis is away");
  EXPECT_FALSE(judge({}, noon).alive);
}

TEST(Pulse, IsWrittenByTheLoopsAndGoesWithTheDaemon) {
  const base::TemporaryDirectory folder;
  const auto path = pulse_path(folder.file(""));
  const StandingClock clock;
  boost::asio::io_context loop{1};
  {
    Pulse pulse(path, clock, [] { return base::Error{"away", "Redis is away"}; });
    boost::asio::co_spawn(loop, pulse.beat("process"), boost::asio::detached);
    loop.run_one();
    loop.poll();
    const auto report = read_pulse(path);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(*report, (PulseReport{.roles = {{"process", noon}}, .trouble = "Redis is away"}));
  }
  EXPECT_FALSE(read_pulse(path).has_value());
}

TEST(Pulse, AFileThatIsTornIsNoPulse) {
  const base::TemporaryDirectory folder;
  const auto path = folder.file("pulse.json");
  std::ofstream(path) << "{\"roles\":";
  EXPECT_EQ(read_pulse(path).error().code, "no_pulse");
}

}  // namespace
}  // namespace davylamp::app
