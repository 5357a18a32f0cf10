#include "app/setup/marked_block.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

TEST(MarkedBlock, GoesToTheEndAndComesOutWhole) {
  const auto text = with_block("port 1\n", "x", {"a", "b"});
  EXPECT_EQ(text, "port 1\n# davylamp: begin x\na\nb\n# davylamp: end\n");
  EXPECT_TRUE(has_block(text));
  EXPECT_EQ(without_block(text, "x"), "port 1\n");
  EXPECT_EQ(without_block(text, ""), "port 1\n");
  EXPECT_EQ(without_block(text, "y"), text);
}

TEST(MarkedBlock, KeepsTheLineEndsOfTheFile) {
  EXPECT_EQ(with_block("port 1\r\nproto udp\r\n", "x", {"a"}),
            "port 1\r\nproto udp\r\n# davylamp: begin x\r\na\r\n# davylamp: end\r\n");
  EXPECT_EQ(without_block(with_block("port 1\r\n", "x", {"a"}), ""), "port 1\r\n");
}

TEST(MarkedBlock, ALastLineWithoutAnEndGetsOne) {
  EXPECT_EQ(with_block("port 1", "x", {"a"}), "port 1\n# davylamp: begin x\na\n# davylamp: end\n");
  EXPECT_EQ(with_block("", "x", {"a"}), "# davylamp: begin x\na\n# davylamp: end\n");
}

TEST(MarkedBlock, OnlyTheBlockOfThatLabelGoes) {
  const auto text = with_block(with_block("", "a", {"1"}), "b", {"2"});
  EXPECT_EQ(without_block(text, "a"), with_block("", "b", {"2"}));
  EXPECT_EQ(without_block(text, ""), "");
}

TEST(MarkedBlock, WhatIsBehindTheBlockStays) {
  EXPECT_EQ(without_block(with_block("a\n", "x", {"b"}) + "c\n", "x"), "a\nc\n");
}

TEST(MarkedBlock, IsReplacedOnlyWhenItDiffers) {
  const auto text = with_block("a\n", "x", {"1"}) + "b\n";
  EXPECT_EQ(put_block(text, "x", {"1"}), text);
  EXPECT_EQ(put_block(text, "x", {"2"}), with_block("a\nb\n", "x", {"2"}));
  EXPECT_EQ(put_block(text, "y", {"1"}), with_block(text, "y", {"1"}));
  EXPECT_EQ(put_block("a", "x", {"1"}), with_block("a", "x", {"1"}));
}

TEST(MarkedBlock, AnUnclosedBlockIsLeftAlone) {
  const std::string text = "a\n# davylamp: begin x\nb\nc\n";
  EXPECT_EQ(without_block(text, ""), text);
}

TEST(MarkedBlock, AnUnclosedBlockIsLeftAloneWhenAnotherFollows) {
  const std::string text = "a\n# davylamp: begin x\nb\nc\n";
  EXPECT_EQ(without_block(with_block(text, "x", {"1"}), "x"), text);
  EXPECT_EQ(without_block(with_block(text, "y", {"1"}), "x"), with_block(text, "y", {"1"}));
}

}  // namespace
}  // namespace davylamp::app
