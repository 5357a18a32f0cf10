#include "bus/redis/address.hpp"

#include <gtest/gtest.h>

namespace davylamp::redis {
namespace {

TEST(RedisAddress, IsReadFromAUrl) {
  const auto plain = Address::parse("redis://10.1.2.3");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->to_text(), "redis://10.1.2.3:6379/0");
  const auto secure = Address::parse("rediss://davylamp@redis.example.org:6380/3");
  ASSERT_TRUE(secure);
  EXPECT_TRUE(secure->tls);
  EXPECT_EQ(secure->user, "davylamp");
  EXPECT_EQ(secure->host, "redis.example.org");
  EXPECT_EQ(secure->port, 6380);
  EXPECT_EQ(secure->database, 3U);
  const auto six = Address::parse("redis://[2001:db8::1]:7000/");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "2001:db8::1");
  EXPECT_EQ(six->to_text(), "redis://[2001:db8::1]:7000/0");
  const auto local = Address::parse("unix:///run/redis/redis.sock?db=2");
  ASSERT_TRUE(local);
  EXPECT_EQ(local->path, "/run/redis/redis.sock");
  EXPECT_EQ(local->database, 2U);
  EXPECT_EQ(local->to_text(), "unix:///run/redis/redis.sock?db=2");
}

TEST(RedisAddress, SaysWhatIsWrongAndNeverAPassword) {
  for (const auto* url : {"", "redis", "http://host", "redis://", "redis://host:0", "redis://host:70000",
                          "redis://host/x", "redis://host/1/2", "redis://host?db=1", "unix://", "unix://host/path",
                          "unix:///path?user=x", "redis://host/-1", "redis://ho st"}) {
    EXPECT_FALSE(Address::parse(url)) << url;
  }
  const auto secret = Address::parse("redis://user:hunter2@host");
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().message.find("hunter2"), std::string::npos);
  EXPECT_NE(secret.error().message.find("bus.password_file"), std::string::npos);
}

}  // namespace
}  // namespace davylamp::redis
