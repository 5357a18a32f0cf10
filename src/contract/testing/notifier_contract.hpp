// What every notifier must do, whatever its provider does. Each notifier's test file says how its provider is played:
//   INSTANTIATE_TYPED_TEST_SUITE_P(Ntfy, NotifierContract, NtfyBench);
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "contract/notifier.hpp"

namespace davylamp::contract::testing {

// How the provider behaves from now on.
enum class ProviderMood {
  works,
  fails,       // an error of its own, that may pass
  asks_pause,  // "too many", with a pause of 7 seconds, where the protocol has one
  refuses,     // for good
  hangs_up,    // closes in the middle
  silent,      // takes the connection and says nothing
  babbles,     // bytes that are not the protocol
};

// How long the notifier of a bench waits: a provider that answers is never given up on because the machine stood still.
constexpr base::Milliseconds limit_in(ProviderMood mood) {
  return mood == ProviderMood::silent ? base::Milliseconds{300} : base::Milliseconds{60'000};
}

// A bench has: static constexpr bool can_ask_pause; void set(ProviderMood); std::unique_ptr<Notifier> notifier() with
// the time limit of that mood; notifier_to_nobody(), to a port where nobody listens; std::string secret();
// std::vector<std::string> taken(): the messages that the provider has accepted, as text in which title and text can be
// found.
template <class Bench>
class NotifierContract : public ::testing::Test {
 protected:
  static Message message() {
    Message message;
    message.title = "Office leaks DNS";
    message.text = "A resolver outside.";
    message.severity = model::Severity::critical;
    message.delivery_id = 42;
    message.incident_id = 7;
    message.key = "rule 1 office";
    message.acknowledge_label = "Acknowledge";
    message.incident.id = 7;
    message.at = base::from_unix_seconds(1'795'000'000);
    return message;
  }
  Receipt try_in(ProviderMood mood, const Message& what = message()) {
    bench_.set(mood);
    auto notifier = bench_.notifier();
    const auto receipt = notifier->send(what);
    EXPECT_FALSE(receipt.text.empty());
    EXPECT_THAT(receipt.text, ::testing::Not(::testing::HasSubstr(bench_.secret())));
    return receipt;
  }
  Bench bench_;
};
TYPED_TEST_SUITE_P(NotifierContract);

TYPED_TEST_P(NotifierContract, Delivers) {
  EXPECT_EQ(this->try_in(ProviderMood::works).outcome, Receipt::Outcome::delivered);
  ASSERT_EQ(this->bench_.taken().size(), 1U);
  EXPECT_THAT(this->bench_.taken()[0], ::testing::HasSubstr("Office leaks DNS"));
  EXPECT_THAT(this->bench_.taken()[0], ::testing::HasSubstr("A resolver outside."));
}

TYPED_TEST_P(NotifierContract, DeliversSeveralOneAfterAnother) {
  this->bench_.set(ProviderMood::works);
  auto notifier = this->bench_.notifier();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(notifier->send(this->message()).outcome, Receipt::Outcome::delivered);
  EXPECT_EQ(this->bench_.taken().size(), 3U);
}

TYPED_TEST_P(NotifierContract, AskedToTryAgainByAProviderThatFails) {
  EXPECT_EQ(this->try_in(ProviderMood::fails).outcome, Receipt::Outcome::try_again);
  EXPECT_EQ(this->try_in(ProviderMood::hangs_up).outcome, Receipt::Outcome::try_again);
  EXPECT_TRUE(this->bench_.taken().empty());
}

TYPED_TEST_P(NotifierContract, GivesUpOnSilenceInTimeAndWillTryAgain) {
  // The quickest of several: a machine that stands still makes it no slower.
  auto quickest = std::chrono::steady_clock::duration::max();
  for (int tries = 0; tries < 5 && quickest >= std::chrono::seconds{5}; ++tries) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(this->try_in(ProviderMood::silent).outcome, Receipt::Outcome::try_again);
    quickest = std::min(quickest, std::chrono::steady_clock::now() - began);
  }
  EXPECT_LT(quickest, std::chrono::seconds{5});
}

TYPED_TEST_P(NotifierContract, NobodyListensMeansTryAgain) {
  auto notifier = this->bench_.notifier_to_nobody();
  EXPECT_EQ(notifier->send(this->message()).outcome, Receipt::Outcome::try_again);
}

TYPED_TEST_P(NotifierContract, WhatIsNotTheProtocolIsNoDelivery) {
  EXPECT_NE(this->try_in(ProviderMood::babbles).outcome, Receipt::Outcome::delivered);
}

TYPED_TEST_P(NotifierContract, ARefusalIsFinal) {
  EXPECT_EQ(this->try_in(ProviderMood::refuses).outcome, Receipt::Outcome::refused);
}

TYPED_TEST_P(NotifierContract, PausesAsLongAsItIsAsked) {
  if (!TypeParam::can_ask_pause) GTEST_SKIP() << "the protocol has no such word";
  const auto receipt = this->try_in(ProviderMood::asks_pause);
  EXPECT_EQ(receipt.outcome, Receipt::Outcome::try_again);
  EXPECT_EQ(receipt.retry_after, base::Seconds{7});
}

TYPED_TEST_P(NotifierContract, HostileAndHugeTextIsDelivered) {
  auto hostile = this->message();
  hostile.title = std::string("Office leaks DNS \r\nBcc: x@example.org \xff\xfe <b>&\"") + std::string(5'000, 'x');
  hostile.text = "A resolver outside. </code>\n.\n" + std::string(200'000, '<') + "\xf0\x9f\x98";
  EXPECT_EQ(this->try_in(ProviderMood::works, hostile).outcome, Receipt::Outcome::delivered);
  ASSERT_EQ(this->bench_.taken().size(), 1U);
  EXPECT_THAT(this->bench_.taken()[0], ::testing::HasSubstr("A resolver outside."));
}

REGISTER_TYPED_TEST_SUITE_P(NotifierContract, Delivers, DeliversSeveralOneAfterAnother,
                            AskedToTryAgainByAProviderThatFails, GivesUpOnSilenceInTimeAndWillTryAgain,
                            NobodyListensMeansTryAgain, WhatIsNotTheProtocolIsNoDelivery, ARefusalIsFinal,
                            PausesAsLongAsItIsAsked, HostileAndHugeTextIsDelivered);

}  // namespace davylamp::contract::testing
