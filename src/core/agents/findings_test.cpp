#include "core/agents/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/agents/testing_lab.hpp"

namespace davylamp::core {
namespace {

using model::FindingKind;
using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class Findings : public testing::Test, protected AgentLab {
 protected:
  void SetUp() override {
    add("nas");
    settings[0].real_networks = {"203.0.113.0/24"};
    lay_down();
    hear_sealed("nas", 3);
    ASSERT_EQ(agent("nas").verdict, Verdict::sealed);
  }
  void hear_next(const model::Heartbeat& heartbeat) {
    hear(heartbeat);
    pass(60s);
  }
};

TEST_F(Findings, ThatCameAndWentBeforeTheyWereTakenAreHandedOnAsTheyWere) {
  board->take();
  auto failed = sealed("nas");
  failed.signal = model::HeartbeatSignal::failed;
  hear(failed);
  hear(sealed("nas"));
  const auto moves = board->take();
  ASSERT_EQ(moves.passed.size(), 1U);
  EXPECT_EQ(moves.passed[0].findings.at(0).kind, FindingKind::failed);
  ASSERT_EQ(moves.changed.size(), 1U);
  EXPECT_THAT(moves.changed[0].findings, IsEmpty());
  hear(failed);
  EXPECT_THAT(board->take().passed, IsEmpty()) << "a repeat";
}

TEST_F(Findings, ThatWereTakenAreNotHandedOnAgain) {
  auto failed = sealed("nas");
  failed.signal = model::HeartbeatSignal::failed;
  hear(failed);
  EXPECT_EQ(board->take().changed.at(0).findings.at(0).kind, FindingKind::failed);
  hear(sealed("nas"));
  EXPECT_THAT(board->take().passed, IsEmpty());
}

TEST_F(Findings, ARouteBesideTheTunnelIsABypassAndNothingElse) {
  hear_next(passed_by("nas"));
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::bypass));
  EXPECT_EQ(agent("nas").verdict, Verdict::leaking);
  EXPECT_EQ(agent("nas").sentence,
            "Bypassed: traffic leaves from 203.0.113.7 (Nordlicht, Germany), an address of its own site, not from its "
            "tunnel");
  const auto& evidence = agent("nas").findings[0].evidence;
  EXPECT_TRUE(std::ranges::any_of(evidence, [](const auto& line) {
    return line.what == "default route v4" && line.value == "eth0" && !line.as_expected;
  }));
  hear_next(sealed("nas"));
  EXPECT_THAT(findings("nas"), IsEmpty());
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

TEST_F(Findings, AReportThatLooksNothingUpSaysNothingOfTheExit) {
  for (int i = 0; i < 5; ++i) {
    auto brief = sealed("nas");
    brief.exit_v4.reset();
    brief.exit_v6.reset();
    brief.resolver.reset();
    hear_next(brief);
  }
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  for (int i = 0; i < 3; ++i) {
    auto unanswered = sealed("nas");
    unanswered.exit_v4 = model::ExitReport{.routed = true};
    hear_next(unanswered);
  }
  EXPECT_EQ(agent("nas").verdict, Verdict::degraded);
}

TEST_F(Findings, ATunnelThatIsCutIsNamedThatAndItsAddressIsLearned) {
  settings[0].real_networks.clear();
  lay_down();
  hear_next(cut("nas"));
  hear_next(cut("nas"));
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::tunnel_down));
  EXPECT_EQ(agent("nas").verdict, Verdict::leaking);
  EXPECT_THAT(agent("nas").sentence, HasSubstr("Its tunnel interface is gone"));
  ASSERT_EQ(agent("nas").memory.real_addresses.size(), 1U);
  EXPECT_EQ(agent("nas").memory.real_addresses[0].address, address(home_address));
  hear_next(sealed("nas"));
  EXPECT_THAT(findings("nas"), IsEmpty());
  hear_next(passed_by("nas"));
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::bypass));
}

TEST_F(Findings, WhatOneAgentLearnsOutsideItsTunnelItsSiteKnows) {
  settings[0].real_networks.clear();
  add("van");
  add("elsewhere", "office");
  lay_down();
  hear_next(cut("nas"));
  restart_after(10s);
  hear_next(passed_by("van"));
  hear_next(passed_by("elsewhere"));
  EXPECT_EQ(agent("van").verdict, Verdict::leaking);
  EXPECT_THAT(findings("elsewhere"), IsEmpty());
}

TEST_F(Findings, NothingIsLearnedFromATunnelThatIsUp) {
  settings[0].real_networks.clear();
  lay_down();
  auto heartbeat = passed_by("nas");
  hear_next(heartbeat);
  EXPECT_TRUE(agent("nas").memory.real_addresses.empty());
  auto down_at_exit = cut("nas");
  down_at_exit.link->tunnel = "tun0";
  down_at_exit.exit_v4 = exit_report(home_address, home_place);
  down_at_exit.connected_from = address("198.51.100.9");
  hear_next(down_at_exit);
  EXPECT_TRUE(agent("nas").memory.real_addresses.empty());
}

TEST_F(Findings, SplitTunnelsAreEvidenceAndNoLeak) {
  auto heartbeat = sealed("nas");
  heartbeat.connected_from = address(home_address);
  hear_next(heartbeat);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  EXPECT_TRUE(std::ranges::any_of(agent("nas").evidence, [](const auto& line) {
    return line.what == "connection" && line.as_expected && line.text.contains("split tunnel");
  }));
}

TEST_F(Findings, ADnsLeakThatBeginsLaterWithTheSameExitIsFound) {
  auto heartbeat = sealed("nas");
  heartbeat.resolver = resolver("198.51.100.53", place("FR", 3215, "Orange"));
  hear_next(heartbeat);
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::dns_leak));
  EXPECT_EQ(agent("nas").sentence, "Leaking DNS: names are answered by 198.51.100.53 in FR, outside its tunnel");
  EXPECT_EQ(agent("nas").findings[0].evidence[0].value, "198.51.100.53");
  hear_next(sealed("nas"));
  EXPECT_EQ(agent("nas").verdict, Verdict::leaking);
  hear_next(sealed("nas"));
  EXPECT_THAT(findings("nas"), IsEmpty());
}

TEST_F(Findings, OneSightingIsNoDnsLeakUnlessItIsOfTheSiteItself) {
  auto heartbeat = sealed("nas");
  heartbeat.resolver = resolver("198.51.100.53", place("FR", 3215));
  heartbeat.resolver->seen.pop_back();
  hear_next(heartbeat);
  EXPECT_THAT(findings("nas"), IsEmpty());
  heartbeat = sealed("nas");
  heartbeat.resolver = resolver("203.0.113.53", vpn_place);
  heartbeat.resolver->seen.pop_back();
  hear_next(heartbeat);
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::dns_leak));
}

TEST_F(Findings, NamesThatNobodyAnsweredSayNothing) {
  auto leak = sealed("nas");
  leak.resolver = resolver("198.51.100.53", place("FR", 3215));
  hear_next(leak);
  for (int i = 0; i < 5; ++i) {
    auto nothing = sealed("nas");
    nothing.resolver = model::ResolverReport{3, 0, {}, {}, {}};
    hear_next(nothing);
  }
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::dns_leak));
}

TEST_F(Findings, TheCanaryZoneShowsTheTrueResolverWhicheverComesFirst) {
  auto heartbeat = sealed("nas");
  heartbeat.resolver->canary = "4f3a";
  const auto asked = [&](std::string name) {
    return model::CanarySighting{std::move(name), address("203.0.113.53"), {}, "udp", home_place, now};
  };
  board->apply(asked("1-4F3a"));
  hear(heartbeat);
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::dns_leak));
  board->apply(asked("2-4f3a"));
  EXPECT_THAT(agent("nas").findings[0].evidence[0].text,
              HasSubstr("Canary 2 of 3 came from 203.0.113.53 (Nordlicht, Germany) over udp"));
}

TEST_F(Findings, AnAgentThatKnowsOnlyTheResolversCountryIsJudgedByTwoReports) {
  auto heartbeat = sealed("nas");
  heartbeat.kind = model::HeartbeatKind::sentinel;
  heartbeat.link.reset();
  heartbeat.resolver = model::ResolverReport{1, 1, {}, {{"location", {}, "DE", {}, {}, {}}}, {}};
  hear_next(heartbeat);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  heartbeat.number = ++number;
  heartbeat.received_at = heartbeat.measured_at = now;
  hear_next(heartbeat);
  EXPECT_EQ(agent("nas").sentence, "Leaking DNS: names are answered by a resolver in DE, outside its tunnel");
}

struct ToleranceCase {
  model::DnsTolerance tolerance;
  const char* country;
  std::uint32_t asn;
  bool leaks;
};
class DnsTolerances : public Findings, public testing::WithParamInterface<ToleranceCase> {};
TEST_P(DnsTolerances, AllowWhatTheySay) {
  const auto& wanted = GetParam();
  settings[0].resolver.tolerance = wanted.tolerance;
  settings[0].resolver.countries = {"CH"};
  lay_down();
  auto heartbeat = sealed("nas");
  heartbeat.resolver = resolver("198.51.100.53", place(wanted.country, wanted.asn));
  hear_next(heartbeat);
  EXPECT_EQ(agent("nas").verdict == Verdict::leaking, wanted.leaks);
}
INSTANTIATE_TEST_SUITE_P(All, DnsTolerances,
                         testing::Values(ToleranceCase{model::DnsTolerance::strict, "RO", 15169, true},
                                         ToleranceCase{model::DnsTolerance::strict, "FR", 9009, false},
                                         ToleranceCase{model::DnsTolerance::country, "RO", 15169, false},
                                         ToleranceCase{model::DnsTolerance::country, "CH", 15169, true},
                                         ToleranceCase{model::DnsTolerance::listed, "CH", 15169, false},
                                         ToleranceCase{model::DnsTolerance::listed, "FR", 15169, true},
                                         ToleranceCase{model::DnsTolerance::off, "FR", 15169, false}));

TEST_F(Findings, Ipv6ThatEscapesIsALeakByPolicy) {
  const auto escaped = [&] {
    auto heartbeat = sealed("nas");
    heartbeat.exit_v6 = exit_report("2001:db8::7", home_place);
    heartbeat.link->default_v6 = "eth0";
    return heartbeat;
  };
  hear_next(escaped());
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::ipv6_leak));
  EXPECT_THAT(agent("nas").sentence, HasSubstr("Leaking IPv6: it leaves from 2001:db8::7"));
  hear_next(sealed("nas"));
  EXPECT_THAT(findings("nas"), IsEmpty());
  settings[0].ipv6 = model::Ipv6Policy::ignored;
  lay_down();
  hear_next(escaped());
  EXPECT_THAT(findings("nas"), IsEmpty());
}

TEST_F(Findings, Ipv6WithinTheTunnelIsALeakOnlyWhereNoneIsAllowed) {
  const auto within = [&] {
    auto heartbeat = sealed("nas");
    heartbeat.exit_v6 = exit_report("2001:db8:1::7", vpn_place);
    heartbeat.link->default_v6 = "tun0";
    return heartbeat;
  };
  hear_next(within());
  EXPECT_THAT(findings("nas"), IsEmpty());
  settings[0].ipv6 = model::Ipv6Policy::none;
  lay_down();
  hear_next(within());
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::ipv6_leak));
}

TEST_F(Findings, OneOddAnswerIsNoChangeOfTheExit) {
  auto odd = sealed("nas");
  odd.connected_from.reset();
  odd.exit_v4 = exit_report("192.0.2.99", vpn_place, 1);
  hear_next(odd);
  EXPECT_THAT(findings("nas"), IsEmpty());
  EXPECT_EQ(agent("nas").exit_v4->address, address(vpn_exit));
  hear_next(sealed("nas"));
  odd.number = ++number;
  odd.received_at = odd.measured_at = now;
  hear_next(odd);
  EXPECT_THAT(findings("nas"), IsEmpty());
  odd.number = ++number;
  odd.received_at = odd.measured_at = now;
  hear_next(odd);
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::exit_changed));
  EXPECT_EQ(agent("nas").findings[0].text,
            "Exit changed from 192.0.2.41 (M247, Romania) to 192.0.2.99 (M247, Romania)");
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

TEST_F(Findings, LearningTakesSomeReportsAndAProviderThatFlapsIsLearnedWhole) {
  settings[0].exit.learned = true;
  lay_down();
  hear_next(sealed("nas"));
  hear_next(sealed("nas"));
  EXPECT_EQ(agent("nas").verdict, Verdict::learning);
  EXPECT_EQ(agent("nas").sentence, "Learning: 2 of 5 reports agree");
  auto other = sealed("nas");
  other.exit_v4 = exit_report("192.0.2.42", place("RO", 60068, "Datacamp"));
  hear_next(other);
  hear_sealed("nas", 4);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  EXPECT_THAT(agent("nas").learned.asns, ElementsAre(9009U, 60068U));
  auto away = sealed("nas");
  away.exit_v4 = exit_report("198.51.100.1", place("FR", 16276, "OVH"));
  hear_next(away);
  EXPECT_THAT(findings("nas"), testing::Contains(FindingKind::unexpected_exit));
  EXPECT_THAT(agent("nas").sentence, HasSubstr("in FR, where RO is expected"));
  hear_next(sealed("nas"));
  EXPECT_THAT(findings("nas"), testing::Not(testing::Contains(FindingKind::unexpected_exit)));
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

struct ExpectedCase {
  model::ExitExpectation expected;
  bool leaks;
};
class WrittenExits : public Findings, public testing::WithParamInterface<ExpectedCase> {};
TEST_P(WrittenExits, AreHeld) {
  settings[0].exit = GetParam().expected;
  lay_down();
  hear_next(sealed("nas"));
  EXPECT_EQ(agent("nas").verdict, GetParam().leaks ? Verdict::leaking : Verdict::sealed);
}
INSTANTIATE_TEST_SUITE_P(All, WrittenExits,
                         testing::Values(ExpectedCase{{{"RO", "NL"}, {}, {}, true}, false},
                                         ExpectedCase{{{"NL"}, {}, {}, true}, true},
                                         ExpectedCase{{{}, {9009}, {}, true}, false},
                                         ExpectedCase{{{"RO"}, {60068}, {}, true}, true},
                                         ExpectedCase{{{}, {}, {"192.0.2.0/24"}, true}, false},
                                         ExpectedCase{{{}, {}, {"198.51.100.0/24"}, true}, true}));

TEST_F(Findings, LookUpsThatContradictEachOtherTwiceAreSaid) {
  for (int i = 0; i < 2; ++i) {
    auto heartbeat = sealed("nas");
    heartbeat.exit_v4 = model::ExitReport{true, {}, 0, 2, {}, {}};
    heartbeat.exit_v4->answers = {{"ipinfo", address("192.0.2.1"), {}, {}, {}, {}, {}},
                                  {"hub", address("192.0.2.2"), {}, {}, {}, {}, {}}};
    hear_next(heartbeat);
  }
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::disagreement));
  EXPECT_EQ(agent("nas").verdict, Verdict::degraded);
}

TEST_F(Findings, AClockThatIsWrongIsSaidAndChangesNoVerdict) {
  for (int i = 0; i < 2; ++i) {
    auto heartbeat = sealed("nas");
    heartbeat.measured_at += 200s;
    hear_next(heartbeat);
  }
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::clock));
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

TEST_F(Findings, APathThatIsWorseThanItsOwnIsDegradedAfterThreeLooks) {
  hear_sealed("nas", 40);
  const auto slow = [&](double latency, std::uint32_t received) {
    auto heartbeat = sealed("nas");
    heartbeat.paths = {{"hub", 10, received, latency, 1.0}};
    return heartbeat;
  };
  hear_next(slow(500, 10));
  hear_sealed("nas", 3);
  EXPECT_THAT(findings("nas"), IsEmpty());
  for (int i = 0; i < 5; ++i) hear_next(slow(20, 8));
  EXPECT_THAT(findings("nas"), ElementsAre(FindingKind::degraded));
  EXPECT_THAT(agent("nas").sentence, HasSubstr("Degraded: loss of"));
  hear_sealed("nas", 8);
  EXPECT_THAT(findings("nas"), IsEmpty());
  for (int i = 0; i < 6; ++i) hear_next(slow(120, 10));
  EXPECT_THAT(agent("nas").sentence, HasSubstr("Degraded: latency of 120 ms"));
}

TEST_F(Findings, WhoLeaksAndFallsSilentIsStillTheLeakThatWasSeen) {
  hear(passed_by("nas"));
  pass(400s);
  EXPECT_EQ(agent("nas").presence, model::Presence::down);
  EXPECT_EQ(agent("nas").verdict, Verdict::leaking);
  EXPECT_THAT(agent("nas").sentence, HasSubstr("(that was its last report)"));
}

}  // namespace
}  // namespace davylamp::core
