#include "bus/redis/entry.hpp"

#include <gtest/gtest.h>

#include "base/codec.hpp"
#include "bus/redis/fanout.hpp"
#include "bus/redis/requests.hpp"

namespace davylamp::redis {
namespace {

using Found = Numbers::Found;

model::Observation gone(const std::string& server, std::uint64_t sequence) {
  return {
      {"node", "openvpn", server}, 7, sequence, base::from_unix_seconds(1'795'000'000), model::PeerGone{"1/a", {}, {}}};
}

TEST(RedisEntry, HoldsObservationsOfManySourcesInOrder) {
  const std::vector said{gone("udp", 1), gone("udp", 2), gone("tcp", 1), gone("udp", 3)};
  ObservationText text;
  for (const auto& observation : said) text.add(observation);
  ASSERT_EQ(text.cursors().size(), 3U);
  EXPECT_EQ(text.cursors()[0].sequence, 2U);
  EXPECT_EQ(text.cursors()[2].sequence, 3U);
  const auto read = read_observations(text.take());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(base::json::write(*read), base::json::write(said));
  EXPECT_TRUE(text.empty());
}

TEST(RedisEntry, WhatIsNoEntryIsAnError) {
  for (const auto* text : {"", "{", "[1]", "{}", "[{\"source\":{},\"said\":[{\"fact\":{\"kind\":\"smoke\"}}]}]",
                           "[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "[{\"said\":7}]"}) {
    EXPECT_FALSE(read_observations(text)) << text;
    EXPECT_FALSE(read_command(text).has_value() && std::string_view(text) != "{}") << text;
  }
  EXPECT_FALSE(read_changes("[{\"kind\":\"smoke\"}]"));
}

TEST(RedisEntry, AnIdIsTwoNumbers) {
  EXPECT_EQ(EntryId::parse("1700000000000-3")->next().to_text(), "1700000000000-4");
  EXPECT_LT(*EntryId::parse("2-9"), *EntryId::parse("10-0"));
  for (const auto* text : {"", "-", "1", "1-", "-1", "1-x", "1-2-3", "99999999999999999999-1"})
    EXPECT_FALSE(EntryId::parse(text)) << text;
}

TEST(RedisReply, IsReadHoweverItIsCut) {
  const std::string text = "*3\r\n$5\r\nhe\r\no\r\n:-7\r\n*-1\r\n+OK\r\n-OOM no room\r\n$-1\r\n";
  for (std::size_t step = 1; step < text.size(); ++step) {
    ReplyReader reader;
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < text.size(); at += step) {
      reader.feed(std::string_view(text).substr(at, step));
      while (auto reply = reader.next()) replies.push_back(std::move(*reply));
    }
    ASSERT_EQ(replies.size(), 4U) << step;
    EXPECT_EQ(replies[0].items.at(0).text, "he\r\no");
    EXPECT_EQ(replies[0].items.at(1).integer, -7);
    EXPECT_EQ(replies[0].items.at(2).kind, Reply::Kind::nothing);
    EXPECT_EQ(replies[1].text, "OK");
    EXPECT_TRUE(replies[2].is_error("OOM"));
    EXPECT_EQ(replies[3].kind, Reply::Kind::nothing);
  }
}

TEST(RedisReply, IsBoundedWhateverItSays) {
  ReplyReader many({.most_bytes = 1'000, .most_items = 10});
  many.feed("*11\r\n");
  EXPECT_THROW(many.next(), base::Failure);
  ReplyReader large({.most_bytes = 1'000, .most_items = 10});
  large.feed("$5000\r\n");
  EXPECT_FALSE(large.next());
  EXPECT_THROW(large.feed(std::string(1'000, 'x')), base::Failure);
  for (const auto* text : {"HTTP/1.1 400 Bad Request\r\n", "*2147483647\r\n", "*-5\r\n", "$99999999999999999999\r\n"}) {
    EXPECT_THROW(
        {
          ReplyReader reader;
          reader.feed(text);
          reader.next();
          reader.feed("\r\n");
          reader.next();
        },
        base::Failure)
        << text;
  }
}

TEST(RedisNumbers, TellGapsFromRepetitionsAndNewcomers) {
  Numbers numbers;
  EXPECT_EQ(numbers.see("a", 17), Found::next);
  EXPECT_EQ(numbers.see("a", 18), Found::next);
  EXPECT_EQ(numbers.see("b", 1), Found::next);
  EXPECT_EQ(numbers.see("a", 18), Found::repeated);
  EXPECT_EQ(numbers.see("a", 20), Found::after_a_gap);
  EXPECT_EQ(numbers.see("a", 21), Found::next);
}

TEST(RedisAnswers, AreExplained) {
  Reply full;
  full.kind = Reply::Kind::error;
  full.text = "OOM command not allowed when used memory > 'maxmemory'.";
  const auto error = explain(full, "redis://host:6379/0");
  EXPECT_EQ(error.code, "bus_full");
  EXPECT_NE(error.message.find("redis://host:6379/0"), std::string::npos);
  Reply four;
  four.kind = Reply::Kind::text;
  four.text = "4";
  EXPECT_TRUE(check_shards(four, {"davylamp"}, 4));
  EXPECT_EQ(check_shards(four, {"davylamp"}, 8).error().code, "bus_shards");
}

}  // namespace
}  // namespace davylamp::redis
