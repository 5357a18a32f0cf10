#include "app/config/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace davylamp::app {
namespace {

TEST(ConfigReference, EveryKeyHasAMeaning) {
  EXPECT_THAT(reference_gaps(), testing::IsEmpty());
}

TEST(ConfigReference, TheDocumentIsUpToDate) {
  std::ifstream file(DAVYLAMP_SOURCE_DIR "/docs/configure/reference.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), config_reference()) << "run: davylamp dev config-reference > docs/configure/reference.md";
}

}  // namespace
}  // namespace davylamp::app
