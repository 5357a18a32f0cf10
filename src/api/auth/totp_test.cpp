#include "api/auth/totp.hpp"

#include <gtest/gtest.h>
#include <set>

namespace davylamp::api {

// RFC 6238 appendix B, the rows of SHA-1.
TEST(Totp, GivesTheCodesOfTheStandard) {
  const std::string secret = "12345678901234567890";
  struct Row {
    std::int64_t seconds;
    const char* code;
  };
  for (const auto& [seconds, code] :
       {Row{59, "94287082"}, Row{1'111'111'109, "07081804"}, Row{1'111'111'111, "14050471"},
        Row{1'234'567'890, "89005924"}, Row{2'000'000'000, "69279037"}, Row{20'000'000'000, "65353130"}}) {
    EXPECT_EQ(one_time_code(secret, step_of(base::from_unix_seconds(seconds)), 8), code) << seconds;
  }
}

// RFC 4226 appendix D.
TEST(Totp, GivesTheCodesByCounterOfTheStandard) {
  const std::string secret = "12345678901234567890";
  const char* const codes[] = {"755224", "287082", "359152", "969429", "338314",
                               "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t counter = 0; counter < 10; ++counter)
    EXPECT_EQ(one_time_code(secret, counter), codes[counter]) << counter;
}

TEST(Totp, TakesTheStepBeforeAndTheStepAfter) {
  const auto secret = to_base32("12345678901234567890");
  const auto now = base::from_unix_seconds(1'111'111'109);
  const auto step = step_of(now);
  for (const auto other : {step - 1, step, step + 1}) {
    EXPECT_EQ(matching_step(secret, one_time_code("12345678901234567890", other), now), other);
  }
  for (const auto other : {step - 2, step + 2})
    EXPECT_FALSE(matching_step(secret, one_time_code("12345678901234567890", other), now));
  EXPECT_FALSE(matching_step(secret, "", now));
  EXPECT_FALSE(matching_step("", "755224", now));
  EXPECT_FALSE(matching_step("not base32", "755224", now));
}

// RFC 4648 section 10.
TEST(Totp, WritesBase32AsTheStandardHasIt) {
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(from_base32("MZXW6YTBOI"), "foobar");
  for (const auto* text : {"M", "MZXW6YTBO1", "mzxw6", "MZ=", "MZ XQ"}) EXPECT_FALSE(from_base32(text)) << text;
}

TEST(Totp, MakesAUrlThatNothingInANameCanBreak) {
  EXPECT_EQ(otpauth_url("Davylamp", "ann&secret=x", "ABC"),
            "otpauth://totp/Davylamp:ann%26secret%3Dx?secret=ABC&issuer=Davylamp&algorithm=SHA1&digits=6&period=30");
}

TEST(Totp, MakesTenRecoveryCodesThatMayBeTypedInAnyWay) {
  const auto codes = random_recovery_codes();
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
  for (const auto& code : codes) {
    EXPECT_EQ(code.size(), 11U);
    EXPECT_EQ(plain_code(code).size(), 10U);
    EXPECT_FALSE(is_totp_code(plain_code(code)));
  }
  EXPECT_EQ(plain_code(" K3VD9-2mqx7 "), "k3vd92mqx7");
  EXPECT_TRUE(is_totp_code(plain_code("123 456")));
}

}  // namespace davylamp::api
