#include "hook/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::hook {
namespace {

std::string line_of(const Message& message) {
  std::string buffer(most_message_bytes, '\0');
  return std::string(encode(message, buffer));
}

// Decodes in a buffer of exactly that size, so that the sanitizer sees a read behind its end.
struct Decoded {
  explicit Decoded(std::string_view line) : buffer(line.begin(), line.end()), message(decode(buffer)) {}
  std::vector<char> buffer;
  std::optional<Message> message;
};

TEST(HookMessage, SaysWhatWasPutIn) {
  Message message{.kind = Kind::disconnected, .values = {}};
  message[Field::common_name] = "Smith, John \"ops\"";
  message[Field::bytes_sent] = "12";
  const auto line = line_of(message);
  EXPECT_EQ(line, "davylamp1\tdisconnected\tcommon_name=Smith, John \"ops\"\tbytes_sent=12\n");
  const Decoded decoded(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(decoded.message);
  EXPECT_EQ(decoded.message->kind, Kind::disconnected);
  EXPECT_EQ(decoded.message->values, message.values);
}

TEST(HookMessage, CarriesEveryByteOfAName) {
  std::string name;
  for (int byte = 1; byte < 256; ++byte) name.push_back(static_cast<char>(byte));
  Message message{.kind = Kind::refused, .values = {}};
  message[Field::username] = name;
  auto line = line_of(message);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  line.pop_back();
  const Decoded decoded(line);
  ASSERT_TRUE(decoded.message);
  EXPECT_EQ((*decoded.message)[Field::username], name);
}

TEST(HookMessage, TheLongestNamesOfOpenVpnFitWhateverTheyHold) {
  const std::string name(4095, '%');
  const std::string long_value(256, '\x01');
  Message message{.kind = Kind::disconnected, .values = {}};
  for (auto& value : message.values) value = long_value;
  message[Field::common_name] = name;
  message[Field::username] = name;
  const auto line = line_of(message);
  ASSERT_FALSE(line.empty());
  const Decoded decoded(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(decoded.message);
  EXPECT_EQ(decoded.message->values, message.values);
}

TEST(HookMessage, WhatDoesNotFitIsNotCut) {
  const std::string name(most_message_bytes, 'n');
  Message message;
  message[Field::common_name] = name;
  EXPECT_EQ(line_of(message), "");
}

TEST(HookMessage, SkipsNamesItDoesNotKnow) {
  const Decoded decoded("davylamp1\taccepted\tnew_thing=1\tcommon_name=anna");
  ASSERT_TRUE(decoded.message);
  EXPECT_EQ((*decoded.message)[Field::common_name], "anna");
}

TEST(HookMessage, RefusesWhatItWouldNotWrite) {
  for (const std::string_view line :
       {"", "\t", "davylamp1", "davylamp1\t", "davylamp2\taccepted", "davylamp1\trenamed",
        "davylamp1\taccepted\tcommon_name", "davylamp1\taccepted\tcommon_name=", "davylamp1\taccepted\tcommon_name=a%",
        "davylamp1\taccepted\tcommon_name=a%0", "davylamp1\taccepted\tcommon_name=a%00",
        "davylamp1\taccepted\tcommon_name=%41", "davylamp1\taccepted\tcommon_name=%1b",
        "davylamp1\taccepted\tcommon_name=a\nb", "davylamp1\taccepted\tcommon_name=a\tcommon_name=b",
        "davylamp1\taccepted\t\tcommon_name=a"}) {
    EXPECT_FALSE(Decoded(line).message) << line;
  }
  EXPECT_FALSE(Decoded(std::string("davylamp1\taccepted\tx=") + std::string(most_message_bytes, 'n')).message);
}

TEST(HookMessage, TheUserIsTheUsernameElseTheCommonName) {
  EXPECT_EQ(user_of("cert", "anna"), "anna");
  EXPECT_EQ(user_of("cert", ""), "cert");
  EXPECT_EQ(user_of("cert", "UNDEF"), "cert");
  EXPECT_EQ(user_of("", ""), "UNDEF");
}

}  // namespace
}  // namespace davylamp::hook
