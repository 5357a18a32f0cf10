#include <gtest/gtest.h>

#include "probe/echo_message.hpp"
#include "probe/hub_answer.hpp"
#include "probe/path_figures.hpp"
#include "probe/path_target.hpp"
#include "probe/signature.hpp"
#include "probe/web_address.hpp"

namespace davylamp::probe {
namespace {

TEST(PathFigures, MedianJitterOfNeighboursAndLoss) {
  const auto path = path_figures("hub", {10.0, 12.0, std::nullopt, 20.0, 14.0});
  EXPECT_EQ(path.sent, 5U);
  EXPECT_EQ(path.received, 4U);
  EXPECT_EQ(path.latency_milliseconds, 13.0);
  EXPECT_EQ(path.jitter_milliseconds, 4.0);
}

TEST(PathFigures, NothingThatCameBackHasNoTimes) {
  const auto path = path_figures("hub", {std::nullopt, std::nullopt});
  EXPECT_EQ(path.received, 0U);
  EXPECT_FALSE(path.latency_milliseconds);
  EXPECT_FALSE(path.jitter_milliseconds);
  EXPECT_FALSE(path_figures("hub", {1.0, std::nullopt, 2.0}).jitter_milliseconds);
}

TEST(PathTarget, HostsAndAddressesWithAndWithoutPort) {
  EXPECT_EQ(PathTarget::parse("example.org")->host, "example.org");
  EXPECT_FALSE(PathTarget::parse("example.org")->port);
  EXPECT_EQ(PathTarget::parse("192.0.2.1:443")->port, 443);
  EXPECT_EQ(PathTarget::parse("2001:db8::1")->host, "2001:db8::1");
  EXPECT_FALSE(PathTarget::parse("2001:db8::1")->port);
  EXPECT_EQ(PathTarget::parse("[2001:db8::1]:53")->host, "2001:db8::1");
  EXPECT_EQ(PathTarget::parse("[2001:db8::1]:53")->port, 53);
  for (const auto* const text : {"", ":1", "a b", "host:0", "host:70000", "host:", "[::1", "[host]:1", "a;b"})
    EXPECT_FALSE(PathTarget::parse(text)) << text;
}

TEST(WebAddress, PartsOfAUrl) {
  const auto hub = WebAddress::parse("https://hub.example.org:8443/base").value();
  EXPECT_EQ(hub, (WebAddress{true, "hub.example.org", 8443, "/base"}));
  EXPECT_EQ(hub.host_text(), "hub.example.org:8443");
  EXPECT_EQ(hub.with("/api").path, "/base/api");
  const auto plain = WebAddress::parse("http://[2001:db8::1]").value();
  EXPECT_EQ(plain, (WebAddress{false, "2001:db8::1", 80, "/"}));
  EXPECT_EQ(plain.host_text(), "[2001:db8::1]");
  EXPECT_EQ(plain.with("/api").path, "/api");
  EXPECT_EQ(WebAddress::parse("http://a/json/?fields=query")->path, "/json/?fields=query");
}

TEST(WebAddress, WhatIsNoWebAddressIsRefused) {
  for (const auto* const text :
       {"", "hub.example.org", "ftp://a", "http://", "https://user:secret@a", "http://a:0", "http://a%0d%0ab"})
    EXPECT_FALSE(WebAddress::parse(text)) << text;
}

TEST(HubAnswer, TimeAddressAndWhatIsNext) {
  const auto answer =
      read_hub_answer(R"({"status":"ok","server_time":1795000000.25,"address":"9.9.9.9","next":{"interval_seconds":30,)"
                      R"("canary_zone":"c.example.org","test_again":true,"new":1}})");
  EXPECT_EQ(answer.server_time, base::from_unix_seconds(1'795'000'000) + base::Milliseconds{250});
  EXPECT_EQ(answer.address->to_string(), "9.9.9.9");
  EXPECT_EQ(answer.next, (NextReport{30, "c.example.org", true}));
}

TEST(HubAnswer, TheTimeOfVpnSentinelsServerIsUnderstood) {
  EXPECT_EQ(read_hub_answer(R"({"server_time":"2026-11-21T16:20:00.123456+00:00"})").server_time,
            base::Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{16} +
                       std::chrono::minutes{20} + std::chrono::milliseconds{123}});
  EXPECT_EQ(read_http_date("Sat, 21 Nov 2026 16:20:00 GMT"),
            base::Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{16} +
                       std::chrono::minutes{20}});
}

TEST(HubAnswer, NonsenseIsNotHeeded) {
  for (const auto* const text : {"", "[]", "{", R"({"server_time":"yesterday","address":7,"next":[]})",
                                 R"({"server_time":-1,"next":{"interval_seconds":1}})",
                                 R"({"server_time":1e300,"next":{"interval_seconds":1e9}})"}) {
    const auto answer = read_hub_answer(text);
    EXPECT_FALSE(answer.server_time) << text;
    EXPECT_FALSE(answer.address) << text;
    EXPECT_EQ(answer.next, NextReport{}) << text;
  }
  EXPECT_FALSE(read_http_date("Sat, 41 Nov 2026 16:20:00 GMT"));
}

TEST(HubAnswer, AnEnrolmentHasANameAndAToken) {
  EXPECT_EQ(read_enrolment(R"({"name":"office","token":"t"})")->name, "office");
  EXPECT_FALSE(read_enrolment(R"({"name":"office"})"));
  EXPECT_FALSE(read_enrolment("no"));
}

TEST(Signature, IsTheHmacOverTimeNonceAndBody) {
  // printf '1795000000000.abcdef01.{"a":1}' | openssl dgst -sha256 -hmac secret
  EXPECT_EQ(sign("secret", {"1795000000000", "abcdef01", "{\"a\":1}"}),
            "v1=31b554a0732d7420f882befb4bdcc1d162d4d4c1f1546727b1fdf12d42a5c0e4");
  EXPECT_EQ(random_text(16).size(), 32U);
  EXPECT_NE(random_text(16), random_text(16));
}

TEST(EchoMessage, OnlyTheReplyWithTheCookieIsTaken) {
  auto message = echo_question(Family::v4, 7, 99);
  EXPECT_FALSE(read_echo_reply(Family::v4, message, 99));
  message[0] = std::byte{0};
  EXPECT_EQ(read_echo_reply(Family::v4, message, 99), 7);
  EXPECT_FALSE(read_echo_reply(Family::v4, message, 98));
  EXPECT_FALSE(read_echo_reply(Family::v6, message, 99));
  EXPECT_FALSE(read_echo_reply(Family::v4, std::span(message).first(15), 99));
}

}  // namespace
}  // namespace davylamp::probe
