#include "api/forwarded.hpp"

#include <gtest/gtest.h>

#include <random>

namespace davylamp::api {
namespace {

using Headers = std::map<std::string, std::string>;

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

const std::vector<model::Network> trusted{base::value_or_throw(model::Network::parse("10.0.0.0/24")),
                                          base::value_or_throw(model::Network::parse("2001:db8:ffff::/48"))};

base::Result<Asker> ask(const Headers& headers, std::string_view from = "10.0.0.1") {
  Request request;
  request.headers = headers;
  request.headers.try_emplace("host", "inside:8080");
  return who_asks(request, {address(from), false, false}, trusted);
}

std::string from(const Headers& headers, std::string_view neighbour = "10.0.0.1") {
  const auto asker = ask(headers, neighbour);
  return asker ? asker->address.to_string() : asker.error().code;
}

}  // namespace

TEST(Forwarded, StrangersAreNotBelieved) {
  const auto asker = ask({{"x-forwarded-for", "192.0.2.1"},
                          {"x-forwarded-proto", "https"},
                          {"x-forwarded-host", "vpn.example.org"},
                          {"forwarded", "for=192.0.2.2;proto=https;host=vpn.example.org"}},
                         "198.51.100.9");
  ASSERT_TRUE(asker);
  EXPECT_EQ(asker->address, address("198.51.100.9"));
  EXPECT_FALSE(asker->secure);
  EXPECT_EQ(asker->host, "inside:8080");
  EXPECT_FALSE(asker->through_proxy);
}

TEST(Forwarded, ATrustedProxySaysWhoAsksHowAndForWhichHost) {
  const auto asker = ask(
      {{"x-forwarded-for", "192.0.2.1"}, {"x-forwarded-proto", "HTTPS"}, {"x-forwarded-host", "vpn.example.org:8443"}});
  ASSERT_TRUE(asker);
  EXPECT_EQ(asker->address, address("192.0.2.1"));
  EXPECT_TRUE(asker->secure);
  EXPECT_EQ(asker->host, "vpn.example.org:8443");
  EXPECT_TRUE(asker->through_proxy);
}

TEST(Forwarded, IsReadFromTheRightAndTrustedOnesAreSkipped) {
  EXPECT_EQ(from({{"x-forwarded-for", "203.0.113.66, 192.0.2.1, 10.0.0.7"}}), "192.0.2.1") << "the first is made up";
  EXPECT_EQ(from({{"x-forwarded-for", "10.0.0.9, 10.0.0.7"}}), "10.0.0.9") << "a trusted host asks for itself";
  EXPECT_EQ(from({{"x-forwarded-for", "[2001:db8::1]:443, 2001:db8:ffff::7"}}, "2001:db8:ffff::1"), "2001:db8::1");
  EXPECT_EQ(from({{"forwarded", "for=203.0.113.66, for=\"[2001:db8::1]:4711\";proto=https, for=10.0.0.7"}}),
            "2001:db8::1");
}

TEST(Forwarded, AUnixSocketsProxyIsTrustedWhateverItsAddress) {
  Request request;
  request.headers = {{"x-forwarded-for", "192.0.2.1"}};
  const auto asker = who_asks(request, {address("127.0.0.1"), false, true}, {});
  ASSERT_TRUE(asker);
  EXPECT_EQ(asker->address, address("192.0.2.1"));
}

TEST(Forwarded, EachHopsSchemeAndHostAreItsOwn) {
  const auto by_lists = ask({{"x-forwarded-for", "192.0.2.1, 10.0.0.7"},
                             {"x-forwarded-proto", "https, http"},
                             {"x-forwarded-host", "vpn.example.org, middle"}});
  ASSERT_TRUE(by_lists);
  EXPECT_TRUE(by_lists->secure);
  EXPECT_EQ(by_lists->host, "vpn.example.org");
  const auto standard = ask({{"forwarded", "for=192.0.2.1;proto=https;host=vpn.example.org, for=10.0.0.7;proto=http"}});
  ASSERT_TRUE(standard);
  EXPECT_TRUE(standard->secure);
  EXPECT_EQ(standard->host, "vpn.example.org");
}

TEST(Forwarded, SchemeAloneCounts) {
  const auto asker = ask({{"x-forwarded-proto", "https"}});
  ASSERT_TRUE(asker);
  EXPECT_TRUE(asker->secure);
  EXPECT_EQ(asker->address, address("10.0.0.1"));
}

TEST(Forwarded, HeadersThatNameDifferentClientsAreRefused) {
  EXPECT_EQ(from({{"x-forwarded-for", "192.0.2.1"}, {"forwarded", "for=203.0.113.66"}}), "forwarded");
  EXPECT_EQ(from({{"x-forwarded-for", "192.0.2.1"}, {"forwarded", "for=192.0.2.1"}}), "192.0.2.1");
}

TEST(Forwarded, WhatCannotBeReadEndsAtTheProxyThatToldIt) {
  for (const auto* const node : {"unknown", "_hidden", "", " ", "not an address", "1.2.3.4.5", "[::1", "[::1]x", "::g",
                                 "fe80::1%eth0", "192.0.2.1,", "\"", "256.1.1.1", "<script>", "10.0.0.300"}) {
    EXPECT_EQ(from({{"x-forwarded-for", node}}), "10.0.0.1") << node;
  }
  EXPECT_EQ(from({{"x-forwarded-for", "192.0.2.1, unknown, 10.0.0.7"}}), "10.0.0.7");
  const auto host = ask({{"x-forwarded-for", "192.0.2.1"}, {"x-forwarded-host", "evil/path?x"}});
  ASSERT_TRUE(host);
  EXPECT_EQ(host->host, "inside:8080");
}

TEST(Forwarded, NodesAreReadWithTheirPorts) {
  EXPECT_EQ(parse_node("192.0.2.1:443")->to_string(), "192.0.2.1");
  EXPECT_EQ(parse_node(" 2001:db8::1 ")->to_string(), "2001:db8::1");
  EXPECT_EQ(parse_node("[2001:db8::1]")->to_string(), "2001:db8::1");
  EXPECT_EQ(parse_node("::ffff:192.0.2.1")->to_string(), "192.0.2.1");
}

TEST(Forwarded, QuotesHoldWhatSeparates) {
  const auto hops = parse_forwarded(R"(for="a,b;c=\"d";host="x;y",For=_q;PROTO=HTTPS ; by=1)");
  ASSERT_EQ(hops.size(), 2U);
  EXPECT_EQ(hops[0], (ForwardedHop{R"(a,b;c="d)", "", "x;y"}));
  EXPECT_EQ(hops[1], (ForwardedHop{"_q", "https", ""}));
}

TEST(Forwarded, HostileValuesNeverBreakAnything) {
  std::string list;
  while (list.size() < 10'000) list += "203.0.113.66, ";
  EXPECT_EQ(from({{"x-forwarded-for", list + "192.0.2.1"}}), "192.0.2.1");
  EXPECT_EQ(from({{"x-forwarded-for", std::string(10'000, ',')}}), "10.0.0.1");
  EXPECT_EQ(from({{"forwarded", std::string(10'000, '"')}}), "10.0.0.1");
  EXPECT_EQ(from({{"forwarded", "for=\"" + std::string(10'000, '\\')}}), "10.0.0.1");
  std::mt19937 random(4'711);
  constexpr std::string_view alphabet = "for=proto;host,\"\\[]:._ 0123456789abcdef%\t";
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (auto left = random() % 60; left > 0; --left) text += alphabet[random() % alphabet.size()];
    const auto standard = from({{"forwarded", text}});
    const auto listed = from({{"x-forwarded-for", text}, {"x-forwarded-proto", text}, {"x-forwarded-host", text}});
    ASSERT_FALSE(standard.empty() || listed.empty());
  }
}

}  // namespace davylamp::api
