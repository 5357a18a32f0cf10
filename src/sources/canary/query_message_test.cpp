#include "sources/canary/query_message.hpp"

#include <gtest/gtest.h>

#include "sources/canary/testing/question.hpp"

namespace davylamp::canary {

TEST(CanaryQuery, IsReadWithItsLettersAsTheyCame) {
  const auto query = read_query(question_bytes("1-AbCdEf7.Canary.Test", record_type::aaaa));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->id, 0x1234);
  EXPECT_EQ(query->name, "1-abcdef7.canary.test");
  EXPECT_EQ(query->type, record_type::aaaa);
  EXPECT_TRUE(query->recursion_desired);
  EXPECT_EQ(std::to_integer<char>(query->asked[3]), 'A');
  EXPECT_FALSE(query->edns);
}

TEST(CanaryQuery, TheClientSubnetIsEvidence) {
  const std::vector<unsigned> v4{0, 8, 0, 7, 0, 1, 24, 0, 198, 51, 100};
  const auto query = read_query(with_options(question_bytes("1-abcdef7.canary.test", record_type::a), v4));
  ASSERT_TRUE(query && query->edns);
  EXPECT_EQ(query->edns->payload_bytes, 1'232);
  EXPECT_EQ(query->edns->client_subnet, "198.51.100.0/24");
  const std::vector<unsigned> v6{0, 8, 0, 8, 0, 2, 32, 0, 0x20, 0x01, 0x0d, 0xb8};
  const auto other = read_query(with_options(question_bytes("1-abcdef7.canary.test", record_type::a), v6));
  ASSERT_TRUE(other && other->edns);
  EXPECT_EQ(other->edns->client_subnet, "2001:db8::/32");
}

TEST(CanaryQuery, ASubnetThatContradictsItselfIsLeftOut) {
  for (const std::vector<unsigned>& option : {std::vector<unsigned>{0, 8, 0, 3, 0, 1, 24},
                                              {0, 8, 0, 7, 0, 9, 24, 0, 1, 2, 3},
                                              {0, 8, 0, 8, 0, 1, 24, 0, 1, 2, 3, 4},
                                              {0, 8, 0, 200}}) {
    const auto query = read_query(with_options(question_bytes("1-abcdef7.canary.test", record_type::a), option));
    ASSERT_TRUE(query && query->edns);
    EXPECT_FALSE(query->edns->client_subnet);
  }
}

TEST(CanaryQuery, EveryCutIsRefused) {
  const auto whole = with_options(question_bytes("1-abcdef7.canary.test", record_type::a), {0, 10, 0, 2, 1, 2});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto query = read_query(std::span(whole).first(size));
    ASSERT_FALSE(query) << size;
    EXPECT_EQ(query.error().code, size < 12 ? "not_a_query" : "bad_format");
  }
}

TEST(CanaryQuery, AnAnswerIsNeverAnswered) {
  auto bytes = question_bytes("1-abcdef7.canary.test", record_type::a);
  bytes[2] |= std::byte{0x80};
  EXPECT_EQ(read_query(bytes).error().code, "not_a_query");
}

TEST(CanaryQuery, PointersAndTwoQuestionsAreRefused) {
  auto pointer = question_bytes("a.test", record_type::a);
  pointer[12] = std::byte{0xc0};
  EXPECT_EQ(read_query(pointer).error().code, "bad_format");
  auto two = question_bytes("a.test", record_type::a);
  two[5] = std::byte{2};
  EXPECT_EQ(read_query(two).error().code, "bad_format");
}

}  // namespace davylamp::canary
