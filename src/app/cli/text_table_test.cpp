#include "app/cli/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/quantities.hpp"

namespace davylamp::app {
namespace {

TEST(TextTable, AlignsByWhatATerminalShows) {
  TextTable table({{"USER"}, {"BYTES", Align::right}, {"PLACE"}});
  table.add({"Zoë", "7", "Köln"});
  table.add({"你好", "1000", ""});
  EXPECT_EQ(table.to_string(),
            "USER  BYTES  PLACE\n"
            "Zoë       7  Köln\n"
            "你好   1000\n");
}

TEST(TextTable, AHostileNameCannotMoveTheCursorOrForgeARow) {
  TextTable table({{"USER"}});
  table.add({"a\nroot\x1b[1A\xE2\x80\xAE"});
  EXPECT_EQ(table.to_string(), "USER\na\\x0aroot\\x1b[1A\\u202e\n");
}

TEST(TextTable, WidthCountsCells) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);
  EXPECT_EQ(display_width("한글"), 4U);
}

TEST(Quantities, BytesHaveThreeDigits) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1234), "1.23 kB");
  EXPECT_EQ(bytes_text(45'678'901), "45.7 MB");
  EXPECT_EQ(bytes_text(999'999), "1.00 MB");
  EXPECT_EQ(bytes_text(18'446'744'073'709'551'615ULL), "18447 PB");
  EXPECT_EQ(rate_text(12'345'678), "12.3 Mbit/s");
}

TEST(Quantities, SpansHaveTwoUnits) {
  EXPECT_EQ(span_text(base::Seconds{59}), "59 s");
  EXPECT_EQ(span_text(base::Seconds{3'725}), "1 h 2 m");
  EXPECT_EQ(span_text(base::Seconds{90'000}), "1 d 1 h");
  EXPECT_EQ(span_text(base::Seconds{-5}), "0 s");
  EXPECT_EQ(time_text(base::from_unix_seconds(1'795'000'000)), "2026-11-18 11:06:40 UTC");
}

}  // namespace
}  // namespace davylamp::app
