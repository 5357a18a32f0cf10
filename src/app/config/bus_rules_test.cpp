#include <gtest/gtest.h>

#include "app/config/rules.hpp"

namespace davylamp::app {
namespace {

std::string first_problem(const BusConfig& bus) {
  const auto problems = broken_bus_rules(bus);
  return problems.empty() ? "" : problems.front().substr(0, problems.front().find(':'));
}

TEST(BusRules, TakeOneProcessAndRedis) {
  EXPECT_EQ(first_problem({}), "");
  EXPECT_EQ(first_problem({.url = "redis://10.0.0.5"}), "");
  EXPECT_EQ(first_problem({.url = "unix:///run/redis/redis.sock", .prefix = "vpn:a-1"}), "");
  EXPECT_EQ(first_problem({.url = "rediss://davylamp@redis.example.org/1", .ca_file = "/etc/ca.pem"}), "");
}

TEST(BusRules, SayWhichKeyIsWrong) {
  EXPECT_EQ(first_problem({.url = "http://redis"}), "bus.url");
  EXPECT_EQ(first_problem({.url = "redis://user:secret@redis"}), "bus.url");
  EXPECT_EQ(first_problem({.url = "redis://redis", .ca_file = "/etc/ca.pem"}), "bus.url");
  EXPECT_EQ(first_problem({.url = "rediss://redis", .key_file = "/etc/key.pem"}), "bus.certificate_file");
  EXPECT_EQ(first_problem({.url = "redis://redis", .prefix = "a b"}), "bus.prefix");
  EXPECT_EQ(first_problem({.url = "redis://redis", .shards = 0}), "bus.shards");
  EXPECT_EQ(first_problem({.shards = 65}), "bus.shards");
  EXPECT_EQ(first_problem({.lease_seconds = 1}), "bus.lease_seconds");
}

}  // namespace
}  // namespace davylamp::app
