#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/codec_read.hpp"

namespace davylamp::base {
namespace {

enum class Colour { amber, blue_ };
BOOST_DESCRIBE_ENUM(Colour, amber, blue_)
struct Lamp {
  std::string name = "davy";
  Colour colour = Colour::amber;
  std::optional<int> height;
  std::vector<std::uint16_t> ports;
  Time lit_at{};
};
BOOST_DESCRIBE_STRUCT(Lamp, (), (name, colour, height, ports, lit_at))
struct Lit {
  static constexpr std::string_view kind = "lit";
  int level = 0;
};
BOOST_DESCRIBE_STRUCT(Lit, (), (level))
struct Out {
  static constexpr std::string_view kind = "out";
};
BOOST_DESCRIBE_STRUCT(Out, (), ())

std::vector<std::string> problems_of(std::string_view text) {
  json::Reader reader;
  Lamp lamp;
  reader.read(*json::parse(text), lamp);
  return reader.problems();
}

}  // namespace

TEST(Codec, WritesWhatItReads) {
  const Lamp lamp{.name = "a\"\n\xFF",
                  .colour = Colour::blue_,
                  .height = 3,
                  .ports = {1, 65535},
                  .lit_at = Time{Milliseconds{1500}}};
  const auto text = json::write(lamp);
  EXPECT_EQ(text, R"({"name":"a\"\n)"
                  "\xEF\xBF\xBD"
                  R"(","colour":"blue","height":3,"ports":[1,65535],"lit_at":1.500})");
  const auto read = json::read<Lamp>(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(json::write(*read), text);
}

TEST(Codec, WritesNothingThatMovesATerminal) {
  EXPECT_EQ(json::write(std::string("a\x1b[2J\x7f\xC2\x9B\xE2\x80\xAE\xFF\xC3\xA9\"\n")),
            "\"a\\u001b[2J\\u007f\\u009b\\u202e\xEF\xBF\xBD\xC3\xA9\\\"\\n\"");
}

TEST(Codec, LeavesAnAbsentOptionalOut) {
  EXPECT_EQ(json::write(Lamp{}).find("height"), std::string::npos);
}

TEST(Codec, TellsVariantsApartByKind) {
  using Fact = std::variant<Lit, Out>;
  EXPECT_EQ(json::write(Fact{Lit{7}}), R"({"kind":"lit","level":7})");
  const auto read = json::read<Fact>(R"({"kind":"lit","level":7})");
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Lit>(*read).level, 7);
  EXPECT_FALSE(json::read<Fact>(R"({"kind":"smoke"})"));
}

TEST(Codec, NamesEveryProblemByItsPath) {
  EXPECT_THAT(
      problems_of(R"({"nam":"x","height":"tall","ports":[1,70000,-1],"colour":"red","lit_at":-5})"),
      testing::ElementsAre("nam: unknown key", "height: must be a whole number, not text",
                           "ports[1]: must be between 0 and 65535", "ports[2]: must be between 0 and 65535",
                           "colour: \"red\" is not one of amber, blue", "lit_at: is not a time between 1970 and 9999"));
}

TEST(Codec, RefusesDeepNestingAndBrokenText) {
  EXPECT_FALSE(json::parse(std::string(1000, '[')));
  EXPECT_FALSE(json::parse("{\"a\":"));
}

}  // namespace davylamp::base
