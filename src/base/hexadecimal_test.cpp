#include "base/hexadecimal.hpp"

#include <gtest/gtest.h>

#include <array>

namespace davylamp::base {

TEST(Hexadecimal, IsTwoLowercaseDigitsAByte) {
  EXPECT_EQ(hexadecimal(""), "");
  EXPECT_EQ(hexadecimal(std::string_view("\x00\x0f\xa0\xff", 4)), "000fa0ff");
  EXPECT_EQ(hexadecimal(std::array<unsigned char, 2>{0x12, 0xfe}), "12fe");
  EXPECT_EQ(hexadecimal(std::array<std::byte, 1>{std::byte{0x9a}}), "9a");
}

}  // namespace davylamp::base
