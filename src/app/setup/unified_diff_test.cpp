#include "app/setup/unified_diff.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

TEST(UnifiedDiff, NothingChangedIsEmpty) {
  EXPECT_EQ(unified_diff("/f", "a\n", "a\n"), "");
}

TEST(UnifiedDiff, AnAppendedLine) {
  EXPECT_EQ(unified_diff("/f", "1\n2\n3\n4\n", "1\n2\n3\n4\n5\n"), "--- /f\n+++ /f\n@@ -2,3 +2,4 @@\n 2\n 3\n 4\n+5\n");
}

TEST(UnifiedDiff, ANewFileAndAFileThatGoes) {
  EXPECT_EQ(unified_diff("/f", "", "a\n"), "--- /dev/null\n+++ /f\n@@ -0,0 +1,1 @@\n+a\n");
  EXPECT_EQ(unified_diff("/f", "a\n", ""), "--- /f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
}

TEST(UnifiedDiff, AMissingNewlineIsShown) {
  EXPECT_EQ(unified_diff("/f", "a", "a\nb\n"),
            "--- /f\n+++ /f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n");
}

TEST(UnifiedDiff, AChangeInTheMiddleHasLinesAroundIt) {
  EXPECT_EQ(unified_diff("/f", "1\n2\n3\n4\n5\nx\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\ny\n6\n7\n8\n9\n"),
            "--- /f\n+++ /f\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-x\n+y\n 6\n 7\n 8\n");
}

}  // namespace
}  // namespace davylamp::app
