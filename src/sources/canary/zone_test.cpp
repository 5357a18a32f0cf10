#include "sources/canary/zone.hpp"

#include <gtest/gtest.h>

#include "sources/canary/testing/question.hpp"

namespace davylamp::canary {
namespace {

Query asked(const std::string& name, std::uint16_t type = record_type::a) {
  return read_query(question_bytes(name, type)).value();
}

unsigned at(const std::vector<std::byte>& bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes.at(i));
}

const Zone zone({"canary.test", "ns1.test", {}});

}  // namespace

TEST(CanaryZone, NamesOfAgentsAreCanaries) {
  EXPECT_EQ(zone.canary_of(asked("2-K3F9X0q1.Canary.test")), "2-k3f9x0q1");
  for (const auto* other : {"k3f9x0q1.canary.test", "2-short.canary.test", "x-k3f9x0q1.canary.test", "canary.test",
                            "2-k3f9x0q1.other.test", "a.2-k3f9x0q1.canary.test", "2-k3f9x0q1.notcanary.test"}) {
    EXPECT_FALSE(zone.canary_of(asked(other))) << other;
  }
}

TEST(CanaryZone, ACanaryHasAnAddressThatIsNobodys) {
  const auto answer = zone.answer(asked("2-k3f9x0q1.canary.test"));
  ASSERT_EQ(answer.answers.size(), 1U);
  EXPECT_EQ(answer.answers[0].ttl_seconds, 0U);
  EXPECT_EQ(answer.answers[0].content, (std::vector{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{1}}));
  EXPECT_EQ(zone.answer(asked("2-k3f9x0q1.canary.test", record_type::aaaa)).answers.at(0).content.size(), 16U);
}

TEST(CanaryZone, WhatIsNotThereIsSaidWithTheZonesStart) {
  const auto none = zone.answer(asked("2-k3f9x0q1.canary.test", record_type::txt));
  EXPECT_EQ(none.code, ResponseCode::no_error);
  EXPECT_EQ(none.authorities.at(0).type, record_type::soa);
  const auto unknown = zone.answer(asked("www.canary.test"));
  EXPECT_EQ(unknown.code, ResponseCode::name_error);
  EXPECT_EQ(unknown.authorities.at(0).type, record_type::soa);
}

TEST(CanaryZone, ItResolvesNothingElse) {
  EXPECT_EQ(zone.answer(asked("example.org")).code, ResponseCode::refused);
  auto update = asked("canary.test");
  update.opcode = 5;
  EXPECT_EQ(zone.answer(update).code, ResponseCode::not_implemented);
  auto newer = asked("2-k3f9x0q1.canary.test");
  newer.edns.emplace();
  newer.edns->version = 1;
  EXPECT_EQ(zone.answer(newer).code, ResponseCode::bad_version);
}

TEST(CanaryZone, AnAnswerRepeatsTheQuestionByteByByte) {
  const auto query = asked("2-K3f9x0q1.canary.test");
  const auto bytes = write_answer(query, zone.answer(query), 512);
  EXPECT_EQ(at(bytes, 0) << 8U | at(bytes, 1), 0x1234U);
  EXPECT_EQ(at(bytes, 2), 0x85U) << "an answer, authoritative, recursion was desired";
  EXPECT_EQ(at(bytes, 3), 0U) << "and is not available";
  EXPECT_TRUE(std::equal(query.asked.begin(), query.asked.end(), bytes.begin() + 12));
  EXPECT_EQ(at(bytes, 7), 1U);
}

TEST(CanaryZone, TooLongForADatagramIsMarkedAndEmpty) {
  const auto query = asked("2-k3f9x0q1.canary.test");
  const auto bytes = write_answer(query, zone.answer(query), 12 + query.asked.size() + 4);
  EXPECT_EQ(at(bytes, 2) & 0x02U, 0x02U);
  EXPECT_EQ(at(bytes, 7), 0U);
}

TEST(CanaryZone, TheSubnetGoesBackForEverybody) {
  const auto question =
      with_options(question_bytes("2-k3f9x0q1.canary.test", record_type::a), {0, 8, 0, 7, 0, 1, 24, 24, 198, 51, 100});
  const auto query = read_query(question).value();
  const auto bytes = write_answer(query, zone.answer(query), 512);
  EXPECT_EQ(at(bytes, bytes.size() - 4), 0U) << "scope 0";
  EXPECT_EQ(at(bytes, bytes.size() - 3), 198U);
}

}  // namespace davylamp::canary
