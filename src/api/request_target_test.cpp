#include "api/request_target.hpp"

#include <gtest/gtest.h>

#include "api/origin_rules.hpp"

namespace davylamp::api {

TEST(RequestTarget, DecodesPathAndQuery) {
  const auto target = parse_target("/api/v1/users/J%C3%B6rg%20M?q=a+b%26c&sort=-tx_bps&flag&q=last");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/api/v1/users/J\xC3\xB6rg M");
  EXPECT_EQ(target->query, (std::map<std::string, std::string>{{"q", "last"}, {"sort", "-tx_bps"}, {"flag", ""}}));
}

TEST(RequestTarget, KeepsAPlusInThePathAndASlashThatWasEncoded) {
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
  EXPECT_EQ(parse_target("/users/a%2Fb")->path, "/users/a/b");
}

TEST(RequestTarget, KeepsAnEncodedSlashInItsSegment) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(parse_target("/users/a%2Fb/block?x=/")->segments, (Segments{"users", "a/b", "block"}));
  EXPECT_EQ(parse_target("/users/")->segments, (Segments{"users", ""}));
  EXPECT_EQ(parse_target("/users/%25%32%66")->segments, (Segments{"users", "%2f"}));
}

TEST(RequestTarget, LetsABackslashPassInANameBelowTheApi) {
  EXPECT_EQ(parse_target("/api/v1/users/CORP%5Canna")->segments.back(), "CORP\\anna");
  EXPECT_FALSE(parse_target("/api/v1/users/CORP\\anna").has_value());
  EXPECT_FALSE(parse_target("/apis/CORP%5Canna").has_value());
}

TEST(RequestTarget, RefusesWhatHasTwoReadings) {
  for (const auto* text : {"",          "api",   "?a=b",        "/%",          "/%4",      "/%zz",       "/../etc",
                           "/a/./b",    "/a/..", "/a/%2e%2E/b", "/a%2f..%2fb", "/a\\b",    "/a%5cb",     "/a%00b",
                           "/a%0d%0ab", "/a#b",  "/%ff",        "/a?b=%",      "/a?b=%ff", "ftp://host/"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(target.error().code, "bad_target");
  }
}

TEST(RequestTarget, LimitsTheNumberOfQueryNames) {
  std::string text = "/?";
  for (int i = 0; i < 65; ++i) text += "n" + std::to_string(i) + "=1&";
  EXPECT_FALSE(parse_target(text).has_value());
}

TEST(RequestTarget, TakesTheAbsoluteForm) {
  EXPECT_EQ(parse_target("HTTP://example.org:80/a?b=c")->path, "/a");
  EXPECT_EQ(parse_target("http://example.org")->path, "/");
  EXPECT_EQ(parse_target("*")->path, "/");
}

TEST(Cookies, AreSplitAndTheFirstOfANameCounts) {
  const auto cookies = parse_cookies("a=1; davylamp_access=x.y.z==;b=\"q\"; a=2; ;=none; alone");
  EXPECT_EQ(cookies, (std::map<std::string, std::string>{{"a", "1"}, {"davylamp_access", "x.y.z=="}, {"b", "q"}}));
}

TEST(AuthorityText, IsAHostWithAnOptionalPort) {
  EXPECT_EQ(parse_authority("Example.ORG.:8080"), (Authority{"example.org", 8080}));
  EXPECT_EQ(parse_authority("[::1]"), (Authority{"::1", std::nullopt}));
  EXPECT_EQ(parse_authority("[2001:db8::1]:443"), (Authority{"2001:db8::1", 443}));
  for (const auto* text :
       {"", ":80", "a b", "user@host", "host:99999", "host:8x", "[::1", "[::1]x", "a/b", "::1", "[]", "."}) {
    EXPECT_FALSE(parse_authority(text).has_value()) << text;
  }
}

TEST(HostRulesTest, OnLoopbackOnlyTheNamesOfThisMachineAndConfiguredOnesPass) {
  const HostRules rules{true, {"Monitor.example"}};
  for (const auto* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "monitor.example:443"}) {
    EXPECT_TRUE(host_allowed(rules, host)) << host;
  }
  for (const auto* host : {"evil.example", "localhost.evil.example", "192.0.2.1", "", "127.0.0.1.evil.example"}) {
    EXPECT_FALSE(host_allowed(rules, host)) << host;
  }
}

TEST(HostRulesTest, ElsewhereAddressesPassAndNamesOnceNoneIsConfigured) {
  EXPECT_TRUE(host_allowed({false, {}}, "any.example"));
  EXPECT_TRUE(host_allowed({false, {"a.example"}}, "192.0.2.1:8443"));
  EXPECT_TRUE(host_allowed({false, {"a.example"}}, "a.example:8443"));
  EXPECT_FALSE(host_allowed({false, {"a.example"}}, "evil.example"));
}

TEST(OriginRules, TheOriginMustBeTheHost) {
  EXPECT_FALSE(origin_is_foreign("", "localhost:8080"));
  EXPECT_FALSE(origin_is_foreign("http://localhost:8080", "LocalHost:8080"));
  EXPECT_FALSE(origin_is_foreign("https://vpn.example", "vpn.example:443"));
  for (const auto* origin : {"null", "http://localhost:8081", "http://evil.example", "file://localhost:8080",
                             "http://localhost:8080.evil.example", "http://localhost:8080/path"}) {
    EXPECT_TRUE(origin_is_foreign(origin, "localhost:8080")) << origin;
  }
}

}  // namespace davylamp::api
