#include "app/heard_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
const auto start = base::from_unix_seconds(1'795'000'000);
const model::SourceId udp{"edge-1", "openvpn", "udp"};
const model::SourceId tcp{"edge-1", "openvpn", "tcp"};

}  // namespace

TEST(HeardSources, WhoIsNotHeardOfIsSilentUntilHeardAgain) {
  HeardSources heard;
  heard.hear(udp, start);
  heard.hear(tcp, start + base::Seconds{20});
  EXPECT_THAT(heard.silent(start + HeardSources::silent_after), IsEmpty());
  EXPECT_THAT(heard.silent(start + HeardSources::silent_after + base::Seconds{1}), ElementsAre(udp));
  heard.hear(udp, start + base::Seconds{40});
  EXPECT_THAT(heard.silent(start + base::Seconds{45}), IsEmpty());
}

TEST(HeardSources, AfterATakeOverThoseThatWereLookedAtAreWaitedFor) {
  model::Checkpoint checkpoint;
  checkpoint.cursors = {{udp, 1, 1}, {tcp, 1, 1}, {{"edge-1", "firewall", "door"}, 1, 1}};
  model::Server up;
  up.name = "udp";
  up.source = "openvpn";
  up.state = model::ServerState::up;
  auto down = up;
  down.name = "tcp";
  down.state = model::ServerState::down;
  checkpoint.servers = {up, down};
  HeardSources heard;
  heard.restore(checkpoint, start);
  EXPECT_THAT(heard.silent(start + base::Seconds{60}), ElementsAre(udp));
}

TEST(HeardSources, AClockThatWasSetBackSilencesNobody) {
  HeardSources heard;
  heard.hear(udp, start);
  EXPECT_THAT(heard.silent(start - base::Seconds{3'600}), IsEmpty());
  EXPECT_THAT(heard.silent(start - base::Seconds{3'590}), IsEmpty());
}

}  // namespace davylamp::app
