#include "app/doctor/conntrack_findings.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

// A kernel's settings below a temporary folder.
class ConntrackHost : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [name, value] : {std::pair{"acct", "1"},
                                      {"timestamp", "1"},
                                      {"events", "1"},
                                      {"count", "1200"},
                                      {"max", "262144"},
                                      {"buckets", "65536"}})
      set(name, value);
  }
  void set(const std::string& name, const std::string& value) {
    const auto folder = temporary_.path() + "/proc/sys/net/netfilter";
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/nf_conntrack_" + name) << value << "\n";
  }
  std::vector<Diagnosis> diagnose() { return diagnose_conntrack(conntrack::read_kernel_settings(temporary_.path())); }
  static auto says(Health health, const std::string& text, const std::string& remedy = "") {
    return Contains(AllOf(Field(&Diagnosis::health, health), Field(&Diagnosis::text, HasSubstr(text)),
                          Field(&Diagnosis::remedy, HasSubstr(remedy))));
  }
  base::TemporaryDirectory temporary_;
};

TEST_F(ConntrackHost, InOrderItHasOnlyGoodLines) {
  EXPECT_THAT(diagnose(), Each(Field(&Diagnosis::health, Health::ok)));
  EXPECT_THAT(diagnose(), says(Health::ok, "1200 connections are tracked of at most 262144"));
}

TEST_F(ConntrackHost, WhatIsOffIsNamedWithTheLineThatChangesIt) {
  set("acct", "0");
  set("timestamp", "0");
  set("events", "0");
  EXPECT_THAT(diagnose(), says(Health::problem, "does not count bytes", "sysctl -w net.netfilter.nf_conntrack_acct=1"));
  EXPECT_THAT(diagnose(), says(Health::note, "when a connection began", "nf_conntrack_timestamp=1"));
  EXPECT_THAT(diagnose(), says(Health::problem, "tells no ends", "nf_conntrack_events=1"));
}

TEST_F(ConntrackHost, EventsForListenersOnlyAreATrap) {
  set("events", "2");
  EXPECT_THAT(diagnose(), says(Health::note, "before Davylamp listened", "nf_conntrack_events=1"));
}

TEST_F(ConntrackHost, ATableThatFillsUpIsSaidInTime) {
  set("count", "220000");
  EXPECT_THAT(diagnose(), says(Health::note, "drops new connections", "nf_conntrack_max=524288"));
  set("count", "262144");
  EXPECT_THAT(diagnose(), says(Health::problem, "drops new connections"));
  set("count", "0");
  EXPECT_THAT(diagnose(), says(Health::note, "no connection is tracked", "ct state"));
}

TEST_F(ConntrackHost, WithoutTrackingItSaysWhatStartsIt) {
  const auto lines = diagnose_conntrack(conntrack::read_kernel_settings(temporary_.path() + "/elsewhere"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines, says(Health::note, "tracks no connections", "ct state"));
}

TEST(Conntrack, OnlyHostsWithAWatchedServiceWantIt) {
  Config config;
  EXPECT_FALSE(wants_conntrack(config));
  config.source.watch.resize(1);
  EXPECT_TRUE(wants_conntrack(config));
  config.source.watch[0].witnesses = {"sockets"};
  EXPECT_FALSE(wants_conntrack(config));
}

}  // namespace
}  // namespace davylamp::app
