#include "app/division.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {

using testing::HasSubstr;

TEST(Division, ADaemonHasAllRolesUnlessSomeAreNamed) {
  EXPECT_TRUE(parse_roles({})->all());
  EXPECT_EQ(*parse_roles({"serve", "process"}), (Roles{false, true, true}));
  EXPECT_THAT(parse_roles({"server"}).error().message, HasSubstr("\"server\" is no role"));
}

TEST(Division, OneDaemonDoesNotDivideItsWork) {
  Config config;
  EXPECT_EQ(shard_count(config), 1U);
  config.bus.url = "redis://localhost";
  EXPECT_EQ(shard_count(config), 8U);
}

TEST(Division, RolesApartMustMeetSomewhere) {
  Config config;
  EXPECT_EQ(why_not_apart(config, {}), "");
  EXPECT_THAT(why_not_apart(config, {false, true, true}), HasSubstr("bus.url"));
  config.uplink.connect = "hub.example.org:7443";
  EXPECT_EQ(why_not_apart(config, {true, false, false}), "");
  EXPECT_THAT(why_not_apart(config, {true, true, false}), HasSubstr("bus.url"));
  config.bus.url = "redis://localhost";
  EXPECT_THAT(why_not_apart(config, {false, true, false}), HasSubstr("store.url"));
  EXPECT_EQ(why_not_apart(config, {true, false, false}), "");
  config.store.url = "postgresql://localhost/davylamp";
  EXPECT_EQ(why_not_apart(config, {false, true, false}), "");
}

TEST(Division, WhatAgentsReportIsSaidByOneHubWhateverDaemonTookIt) {
  Config config;
  config.node.name = "edge-1";
  EXPECT_EQ(journal_source(config).node, "edge-1");
  config.store.url = "postgresql://localhost/davylamp";
  EXPECT_EQ(journal_source(config).node, "hub");
}

}  // namespace davylamp::app
