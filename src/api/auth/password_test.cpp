#include "api/auth/password.hpp"

#include <gtest/gtest.h>

#include "api/auth/token_text.hpp"

namespace davylamp::api {

TEST(Password, IsRefusedWhenTooShortTooLongOrNotText) {
  EXPECT_FALSE(check_password_strength(std::string(9, 'x')));
  EXPECT_TRUE(check_password_strength(std::string(10, 'x')));
  EXPECT_TRUE(check_password_strength(std::string(1024, 'x')));
  EXPECT_FALSE(check_password_strength(std::string(1025, 'x')));
  EXPECT_FALSE(check_password_strength("0123456789\xff"));
}

TEST(Password, CountsCharactersNotBytes) {
  EXPECT_FALSE(check_password_strength("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"));
  EXPECT_TRUE(check_password_strength("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"));
}

TEST(Password, IsFoundAgainByItsHashOnly) {
  PasswordHasher hasher(PasswordHasher::Cost::least());
  const auto password = random_token();
  const auto hash = hasher.hash(password);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_NE(hash, hasher.hash(password));
  EXPECT_TRUE(hasher.verify(hash, password));
  EXPECT_FALSE(hasher.verify(hash, password + "x"));
  EXPECT_FALSE(hasher.verify("", password));
  EXPECT_FALSE(hasher.verify("$argon2id$broken", password));
}

TEST(TokenText, ReadsOnlyWhatItWrites) {
  const std::string bytes("\x00\xff\xfe?>a", 6);
  EXPECT_EQ(to_base64url(bytes), "AP_-Pz5h");
  EXPECT_EQ(from_base64url("AP_-Pz5h"), bytes);
  EXPECT_EQ(from_base64url(""), "");
  for (const auto* text : {"A", "AP_-Pz5h=", "AP/+", "A A", "AB\n"}) EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(TokenText, FingerprintsAreSha256) {
  EXPECT_EQ(fingerprint("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

}  // namespace davylamp::api
