#include "hook/sip_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::hook {
namespace {

// The reference implementation's vectors: key 00 01 .. 0f, message 00 01 .. n-1.
constexpr SipKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

std::string counting(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(i));
  return text;
}

TEST(SipHash, AgreesWithTheReferenceVectors) {
  EXPECT_EQ(sip_hash(key, counting(0)), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(sip_hash(key, counting(1)), 0x74f839c593dc67fdU);
  EXPECT_EQ(sip_hash(key, counting(7)), 0xab0200f58b01d137U);
  EXPECT_EQ(sip_hash(key, counting(8)), 0x93f5f5799a932462U);
  EXPECT_EQ(sip_hash(key, counting(15)), 0xa129ca6149be45e5U);
}

TEST(SipHash, DependsOnTheKey) {
  EXPECT_NE(sip_hash(key, "anna"), sip_hash({key.first, key.second + 1}, "anna"));
}

}  // namespace
}  // namespace davylamp::hook
