#include "app/geofence/nft_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::HasSubstr;
using testing::Not;

CompiledFence small_fence(bool allows) {
  CompiledFence fence;
  fence.allows = allows;
  geoip::add_network(fence.listed, "198.51.100.0/24");
  geoip::add_network(fence.listed, "203.0.113.9");
  geoip::add_network(fence.listed, "2001:db8::/32");
  geoip::add_network(fence.always, "192.0.2.7");
  return fence;
}

const FenceId seventh{"s_conduit", 7, {{443, 1194}, {443}}};
const FenceId fifth{"s_conduit", 5, {{443}, {}}};

TEST(FenceText, OfADefinition) {
  EXPECT_EQ(
      fence_definition(seventh, small_fence(true)),
      R"(add set inet davylamp_geofence s_conduit_7_always4 { type ipv4_addr; flags interval; elements = { 192.0.2.7 } }
add set inet davylamp_geofence s_conduit_7_listed4 { type ipv4_addr; flags interval; elements = { 198.51.100.0-198.51.100.255, 203.0.113.9 } }
add set inet davylamp_geofence s_conduit_7_always6 { type ipv6_addr; flags interval; }
add set inet davylamp_geofence s_conduit_7_listed6 { type ipv6_addr; flags interval; elements = { 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff } }
add counter inet davylamp_geofence s_conduit_7_allowed4 { packets 0 bytes 0 }
add counter inet davylamp_geofence s_conduit_7_allowed6 { packets 0 bytes 0 }
add counter inet davylamp_geofence s_conduit_7_refused4 { packets 0 bytes 0 }
add counter inet davylamp_geofence s_conduit_7_refused6 { packets 0 bytes 0 }
add chain inet davylamp_geofence s_conduit_7
add rule inet davylamp_geofence s_conduit_7 iifname "lo" accept
add rule inet davylamp_geofence s_conduit_7 ip saddr @s_conduit_7_always4 counter name s_conduit_7_allowed4 accept
add rule inet davylamp_geofence s_conduit_7 ip saddr @s_conduit_7_listed4 counter name s_conduit_7_allowed4 accept
add rule inet davylamp_geofence s_conduit_7 meta nfproto ipv4 counter name s_conduit_7_refused4 drop
add rule inet davylamp_geofence s_conduit_7 ip6 saddr @s_conduit_7_always6 counter name s_conduit_7_allowed6 accept
add rule inet davylamp_geofence s_conduit_7 ip6 saddr @s_conduit_7_listed6 counter name s_conduit_7_allowed6 accept
add rule inet davylamp_geofence s_conduit_7 meta nfproto ipv6 counter name s_conduit_7_refused6 drop
)");
}

TEST(FenceText, OfOneThatDenies) {
  const auto text = fence_definition(seventh, small_fence(false), {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  EXPECT_THAT(text, HasSubstr("ip saddr @s_conduit_7_listed4 counter name s_conduit_7_refused4 drop"));
  EXPECT_THAT(text, HasSubstr("meta nfproto ipv6 counter name s_conduit_7_allowed6 accept"));
  EXPECT_THAT(text, HasSubstr("s_conduit_7_refused4 { packets 5 bytes 6 }"));
}

TEST(FenceText, OfATrialFallsBackInTheKernel) {
  EXPECT_EQ(fence_trial(seventh, "", fifth, 60),
            R"(add table inet davylamp_geofence
add chain inet davylamp_geofence s_conduit { type filter hook prerouting priority -150; policy accept; }
add set inet davylamp_geofence s_conduit_7_trial { type inet_proto; flags timeout; elements = { tcp timeout 60s, udp timeout 60s } }
flush chain inet davylamp_geofence s_conduit
add rule inet davylamp_geofence s_conduit udp dport { 443, 1194 } meta l4proto @s_conduit_7_trial fib daddr type local goto s_conduit_7
add rule inet davylamp_geofence s_conduit tcp dport { 443 } meta l4proto @s_conduit_7_trial fib daddr type local goto s_conduit_7
add rule inet davylamp_geofence s_conduit meta l4proto @s_conduit_7_trial accept
add rule inet davylamp_geofence s_conduit udp dport { 443 } fib daddr type local goto s_conduit_5
)");
}

TEST(FenceText, OnlyEverNamesOurTable) {
  for (const auto& script :
       {fence_trial(seventh, fence_definition(seventh, small_fence(true)), fifth, 9),
        fence_confirmation(seventh, fifth), fence_withdrawal(seventh, fifth), fence_withdrawal(seventh, {}),
        fence_removal({seventh, fifth}), fence_kept(seventh, "", fifth), fence_table_removal()}) {
    std::size_t lines = 0;
    for (std::size_t from = 0; from < script.size(); from = script.find('\n', from) + 1) {
      const auto line = script.substr(from, script.find('\n', from) - from);
      EXPECT_THAT(line, HasSubstr("inet davylamp_geofence"));
      EXPECT_THAT(line, Not(HasSubstr("flush table")));
      ++lines;
    }
    EXPECT_GT(lines, 1U);
  }
}

TEST(FenceText, KeysAreNamesThatNftablesTakes) {
  EXPECT_EQ(fence_key("conduit"), "s_conduit");
  EXPECT_NE(fence_key("a b"), fence_key("a_b"));
  EXPECT_NE(fence_key("a_5"), "s_a_5") << "would be generation 5 of a";
  for (const auto* hostile : {"x { } ; flush ruleset", "\"", "\n", "", "проводник"}) {
    EXPECT_EQ(fence_key(hostile).find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
              std::string::npos);
  }
  EXPECT_NE(fence_key(std::string(200, 'a')), fence_key(std::string(201, 'a')));
  EXPECT_LT(fence_key(std::string(200, 'a')).size(), 60U);
}

TEST(FenceText, CountersAreRead) {
  const auto counts = fence_counts(
      R"({"nftables":[{"metainfo":{}},{"counter":{"name":"s_conduit_7_refused4","packets":5,"bytes":300}},
          {"counter":{"name":"s_conduit_7_allowed6","packets":-1}},{"counter":{"name":"s_conduit_5_allowed4","packets":9}}]})",
      seventh);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->refused4.packets, 5U);
  EXPECT_EQ(counts->refused4.bytes, 300U);
  EXPECT_EQ(counts->allowed4.packets, 0U);
  EXPECT_EQ(counts->allowed6.packets, 0U);
  for (const auto* bad : {"", "[]", "{", "{\"nftables\":3}", "null"}) EXPECT_FALSE(fence_counts(bad, seventh)) << bad;
}

}  // namespace
}  // namespace davylamp::app
