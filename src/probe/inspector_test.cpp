#include "probe/inspector.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"
#include "probe/testing/loopback.hpp"

namespace davylamp::probe {
namespace {

using testing::ok;
using testing::run;
using testing::WebStub;

class FakeNetwork : public HostNetworkReader {
 public:
  HostNetwork read() override {
    if (broken) throw base::Failure("netlink", "no answer");
    return network;
  }
  HostNetwork network{{{.index = 7, .name = "tun0", .kind = "tun", .up = true}}, 7, std::nullopt};
  bool broken = false;
};

class InspectorTest : public ::testing::Test {
 protected:
  InspectorTest() {
    Inspector::Options options;
    options.lookups = read_lookup_sources("hub", WebAddress::parse(web_.url()).value()).value();
    options.targets = {{"hub", "127.0.0.1", web_.port()}};
    options.row = {2, base::Milliseconds{1}, base::Milliseconds{60'000}};
    options.resolver_check = false;
    options.version = "1.2.3";
    inspector_.emplace(loop_.get_executor(), http_, network_, std::move(options));
  }
  model::Heartbeat inspect() { return run(loop_, inspector_->inspect()); }

  WebStub web_{[](const std::string&) { return ok(R"({"address":"9.9.9.9"})", "Connection: close\r\n"); }};
  boost::asio::io_context loop_;
  HttpClient http_{loop_.get_executor(), {.agent = "test/1"}};
  FakeNetwork network_;
  std::optional<Inspector> inspector_;
};

TEST_F(InspectorTest, TestsEverythingAtFirstAndThenOnlyWhatIsDue) {
  const auto first = inspect();
  EXPECT_EQ(first.exit_v4->address->to_string(), "9.9.9.9");
  EXPECT_TRUE(first.exit_v4->routed);
  EXPECT_FALSE(first.exit_v6->routed);
  EXPECT_TRUE(first.exit_v6->answers.empty());
  EXPECT_EQ(first.paths.at(0).received, 2U);
  EXPECT_EQ(first.version, "1.2.3");
  const auto second = inspect();
  EXPECT_FALSE(second.exit_v4);
  EXPECT_TRUE(second.paths.empty());
  EXPECT_EQ(second.link->tunnel, "tun0");
}

TEST_F(InspectorTest, AnotherWayOutIsNoticedAndTested) {
  inspect();
  EXPECT_FALSE(inspector_->network_changed());
  network_.network.way_v4 = 2;
  EXPECT_TRUE(inspector_->network_changed());
  EXPECT_TRUE(inspect().exit_v4);
  EXPECT_FALSE(inspector_->network_changed());
}

TEST_F(InspectorTest, ATunnelThatCountsFromNothingAgainIsAnotherTunnel) {
  network_.network.links[0].sent_bytes = 1'000;
  inspect();
  network_.network.links[0].sent_bytes = 3'000;
  EXPECT_GT(inspect().link->rx_bps, 0U);
  network_.network.links[0].sent_bytes = 10;
  const auto restarted = inspect();
  EXPECT_EQ(restarted.link->rx_bps, 0U);
  EXPECT_TRUE(restarted.exit_v4);
}

TEST_F(InspectorTest, TestsAgainWhenTheHubWantsIt) {
  inspect();
  inspector_->test_again();
  EXPECT_TRUE(inspect().exit_v4);
}

TEST_F(InspectorTest, AKernelThatDoesNotTellLeavesTheRestStanding) {
  network_.broken = true;
  const auto heartbeat = inspect();
  EXPECT_FALSE(heartbeat.link);
  EXPECT_TRUE(heartbeat.exit_v4->address);
  EXPECT_FALSE(inspector_->network_changed());
}

}  // namespace
}  // namespace davylamp::probe
