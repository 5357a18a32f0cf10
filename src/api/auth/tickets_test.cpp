#include "api/auth/tickets.hpp"

#include <gtest/gtest.h>

#include "api/auth/access_token.hpp"
#include "api/auth/token_text.hpp"

namespace davylamp::api {
namespace {

const base::Time now = base::from_unix_seconds(1'795'000'000);

}  // namespace

TEST(Tickets, ComeBackUntilTheyRunOut) {
  const Tickets tickets(random_bytes(), "test");
  const auto ticket = tickets.issue("ann", now + base::Seconds(300));
  EXPECT_EQ(tickets.redeem(ticket, now), "ann");
  EXPECT_EQ(tickets.redeem(ticket, now + base::Seconds(299)), "ann");
  EXPECT_FALSE(tickets.redeem(ticket, now + base::Seconds(300)));
}

TEST(Tickets, AreRefusedWhenAnythingInThemIsChanged) {
  const Tickets tickets(random_bytes(), "test");
  const auto ticket = tickets.issue("ann", now + base::Seconds(300));
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    auto changed = ticket;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tickets.redeem(changed, now)) << i;
  }
  for (const auto* text : {"", ".", "a.b", "...."}) EXPECT_FALSE(tickets.redeem(text, now)) << text;
}

TEST(Tickets, AreForOnePurposeAndNoAccessTokens) {
  const auto key = random_bytes();
  const Tickets tickets(key, "one");
  const auto ticket = tickets.issue("ann", now + base::Seconds(300));
  EXPECT_FALSE(Tickets(key, "another").redeem(ticket, now));
  EXPECT_FALSE(AccessTokens(key).verify(ticket, now));
  EXPECT_FALSE(
      tickets.redeem(AccessTokens(key).sign({"ann", model::Role::admin, now, now + base::Seconds(9), "x", ""}), now));
}

TEST(Tickets, HaveSecretsOfTheirOwn) {
  const Tickets tickets(random_bytes(), "test");
  const auto ticket = tickets.issue("ann", now);
  EXPECT_EQ(tickets.derived(ticket, "nonce"), tickets.derived(ticket, "nonce"));
  EXPECT_NE(tickets.derived(ticket, "nonce"), tickets.derived(ticket, "verifier"));
  EXPECT_NE(tickets.derived(ticket, "nonce"), tickets.derived(tickets.issue("ann", now), "nonce"));
  EXPECT_EQ(tickets.derived(ticket, "nonce").size(), 43U);
}

}  // namespace davylamp::api
