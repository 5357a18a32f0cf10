#include "api/auth/access_token.hpp"

#include <gtest/gtest.h>

#include "api/auth/token_text.hpp"
#include "base/codec.hpp"

namespace davylamp::api {
namespace {

constexpr auto now = base::from_unix_seconds(1'795'000'000);

AccessClaims claims() {
  return {"ann", model::Role::operator_, now, now + base::Seconds(600), "one"};
}

}  // namespace

TEST(AccessToken, GivesBackWhatWasSigned) {
  const AccessTokens tokens(random_bytes());
  const auto found = tokens.verify(tokens.sign(claims()), now);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sub, "ann");
  EXPECT_EQ(found->role, model::Role::operator_);
  EXPECT_EQ(found->exp, now + base::Seconds(600));
}

TEST(AccessToken, RefusesWhatAnotherKeySigned) {
  const AccessTokens tokens(random_bytes());
  const AccessTokens other(random_bytes());
  EXPECT_FALSE(other.verify(tokens.sign(claims()), now));
}

// The expected text was computed with Python's hmac module.
TEST(AccessToken, SignsAsTheStandardSays) {
  const AccessTokens tokens("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(tokens.sign(claims()),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
            "eyJzdWIiOiJhbm4iLCJyb2xlIjoib3BlcmF0b3IiLCJpYXQiOjE3OTUwMDAwMDAsImV4cCI6MTc5NTAwMDYwMCwianRpIjoib25l"
            "IiwiZmFtaWx5IjoiIn0."
            "A7D19RvEpHqJ36itWO_ZhiSHVEjXJHQopqISN62htNY");
}

TEST(AccessToken, RefusesExpired) {
  const AccessTokens tokens(random_bytes());
  const auto token = tokens.sign(claims());
  EXPECT_TRUE(tokens.verify(token, now + base::Seconds(599)));
  EXPECT_FALSE(tokens.verify(token, now + base::Seconds(600)));
}

TEST(AccessToken, RefusesAnyChangedCharacter) {
  const AccessTokens tokens(random_bytes());
  const auto token = tokens.sign(claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.verify(changed, now)) << i;
  }
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_FALSE(tokens.verify(token.substr(0, size), now)) << size;
  EXPECT_FALSE(tokens.verify(token + "A", now));
}

TEST(AccessToken, RefusesOtherAlgorithmsEvenNone) {
  const AccessTokens tokens(random_bytes());
  const auto body = to_base64url(base::json::write(claims()));
  const auto none = to_base64url(R"({"alg":"none","typ":"JWT"})") + "." + body;
  EXPECT_FALSE(tokens.verify(none + ".", now));
  EXPECT_FALSE(tokens.verify(none, now));
  const auto token = tokens.sign(claims());
  EXPECT_FALSE(tokens.verify(none + token.substr(token.rfind('.')), now));
}

TEST(AccessToken, RefusesNonsense) {
  const AccessTokens tokens(random_bytes());
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b.c"), std::string(5'000, '.')}) {
    EXPECT_FALSE(tokens.verify(text, now));
  }
}

}  // namespace davylamp::api
