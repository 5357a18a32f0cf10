#include "sources/watch/card.hpp"

#include <gtest/gtest.h>

namespace davylamp::watch {
namespace {

CardFacts seen_by_two() {
  CardFacts facts;
  facts.service = "conduit";
  facts.ports = {{443}, {443}, {}};
  facts.witnesses = {{"ebpf", model::WitnessState::looking, "looks", true, 3},
                     {"sockets", model::WitnessState::looking, "looks", false, 3}};
  return facts;
}

TEST(WatchCard, SaysWhoSeesAndWhoCounts) {
  const auto card = card_of(seen_by_two());
  EXPECT_EQ(card.state, model::ServerState::up);
  EXPECT_EQ(card.health, "seen by ebpf and sockets; ebpf counts");
  EXPECT_EQ(card.listens_on, "udp 443, tcp 443");
  EXPECT_TRUE(card.warnings.empty());
}

TEST(WatchCard, DoesNotClaimThatSocketsSeeAServiceWithoutTcp) {
  auto facts = seen_by_two();
  facts.ports = {{443}, {}, {}};
  EXPECT_EQ(card_of(facts).health, "seen by ebpf; ebpf counts");
}

TEST(WatchCard, NamesAnInterfaceThatIsNotThere) {
  auto facts = seen_by_two();
  facts.wanted_interfaces = {"tun*", "ppp0"};
  facts.interfaces.resize(1);
  facts.interfaces[0].name = "tun3";
  EXPECT_EQ(card_of(facts).warnings, std::vector<std::string>{"there is no interface ppp0, which `interfaces` names"});
}

TEST(WatchCard, WarnsWhenTheOneThatCountsSeesNobody) {
  auto facts = seen_by_two();
  facts.wanted_interfaces = {"eth0"};
  facts.interfaces.resize(1);
  facts.interfaces[0].name = "eth0";
  facts.witnesses[0].flows = 0;
  const auto warnings = card_of(facts).warnings;
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_NE(warnings[0].find("sockets sees clients that ebpf does not"), std::string::npos);
  EXPECT_NE(warnings[0].find("`uplinks`"), std::string::npos);
}

}  // namespace
}  // namespace davylamp::watch
