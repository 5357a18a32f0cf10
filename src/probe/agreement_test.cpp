#include "probe/agreement.hpp"

#include <gtest/gtest.h>

namespace davylamp::probe {
namespace {

model::LookupAnswer says(const std::string& address) {
  model::LookupAnswer answer;
  answer.provider = "hub";
  answer.address = model::Address::parse(address).value();
  return answer;
}

model::LookupAnswer fails() {
  model::LookupAnswer answer;
  answer.provider = "ipinfo";
  answer.error = "no answer in time";
  return answer;
}

TEST(Agreement, TheAddressThatMoreThanHalfSay) {
  const auto exit = agree(true, {says("9.9.9.9"), says("8.8.8.8"), says("9.9.9.9"), fails()});
  EXPECT_EQ(exit.address->to_string(), "9.9.9.9");
  EXPECT_EQ(exit.agreeing, 2U);
  EXPECT_EQ(exit.answered, 3U);
  EXPECT_EQ(exit.answers.size(), 4U);
}

TEST(Agreement, HalfIsNotEnoughAndTheDisagreementShows) {
  const auto exit = agree(true, {says("9.9.9.9"), says("8.8.8.8")});
  EXPECT_FALSE(exit.address);
  EXPECT_EQ(exit.agreeing, 0U);
  EXPECT_EQ(exit.answered, 2U);
  EXPECT_EQ(exit.answers.size(), 2U);
}

TEST(Agreement, OneAnswerIsBelieved) {
  EXPECT_EQ(agree(true, {says("9.9.9.9"), fails(), fails()}).address->to_string(), "9.9.9.9");
}

TEST(Agreement, OneNetworkOf64BitsIsOneIpv6Address) {
  const auto exit = agree(true, {says("2620:fe::1"), says("2620:fe::2"), says("2620:fe:0:1::9"), says("2620:fe::2")});
  EXPECT_EQ(exit.address->to_string(), "2620:fe::2");
  EXPECT_EQ(exit.agreeing, 3U);
}

TEST(Agreement, WithoutARouteAndWithoutAnAnswerThereIsNothingToTell) {
  const auto exit = agree(false, {fails(), fails()});
  EXPECT_FALSE(exit.routed);
  EXPECT_TRUE(exit.answers.empty());
}

TEST(Agreement, AnAnswerWithoutADefaultRouteIsTold) {
  const auto exit = agree(false, {says("2620:fe::1"), fails()});
  EXPECT_TRUE(exit.address);
  EXPECT_EQ(exit.answers.size(), 2U);
}

}  // namespace
}  // namespace davylamp::probe
