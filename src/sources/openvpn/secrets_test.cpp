#include "sources/openvpn/secrets.hpp"

#include <gtest/gtest.h>

namespace davylamp::openvpn {
namespace {

TEST(Secrets, NamesAreComparedWithoutCase) {
  for (const char* name :
       {"password", "PASSWORD", "my_Password_2", "auth_token", "passwd", "X_TOKEN", "cr_response", "client_secret"}) {
    EXPECT_TRUE(is_secret_name(name)) << name;
  }
  for (const char* name : {"common_name", "username", "IV_SSO", "trusted_ip", "pass", "tls_digest_0", "time_unix"}) {
    EXPECT_FALSE(is_secret_name(name)) << name;
  }
}

TEST(Secrets, AreFoundBehindWhatLeadsToThem) {
  const std::string_view log = "MANAGEMENT: CMD 'password \"Auth\" hunter2'";
  ASSERT_NE(find_secret(log), std::string_view::npos);
  EXPECT_EQ(log.substr(0, find_secret(log)), "MANAGEMENT: CMD 'password");
  EXPECT_NE(find_secret("PUSH_REPLY,auth-token SESS_ID_AT_abc"), std::string_view::npos);
  EXPECT_NE(find_secret("env Password=x"), std::string_view::npos);
  EXPECT_NE(find_secret("SCRV1:aGk=:aG8="), std::string_view::npos);
  EXPECT_EQ(find_secret("WARNING: this configuration may cache passwords in memory"), std::string_view::npos);
  EXPECT_EQ(find_secret("MANAGEMENT: CMD 'status 3'"), std::string_view::npos);
}

TEST(Secrets, PasswordRequestsKeepWhatIsAskedFor) {
  EXPECT_EQ(without_secret("Need 'Auth' username/password"), "Need 'Auth' username/password");
  EXPECT_EQ(without_secret("Need 'Auth' username/password SC:1,Enter PIN"), "Need 'Auth' username/password");
  EXPECT_EQ(without_secret("Need 'Private Key' password"), "Need 'Private Key' password");
  EXPECT_EQ(without_secret("Verification Failed: 'Auth' ['CRV1:R,E:abc:def:text']"), "Verification Failed: 'Auth'");
  EXPECT_EQ(without_secret("Auth-Token:SESS_ID_AT_abc"), "Auth-Token");
  EXPECT_EQ(without_secret("something unheard of"), "");
}

}  // namespace
}  // namespace davylamp::openvpn
