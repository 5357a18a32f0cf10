#include "api/types_writer.hpp"

#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>

#include "api/testing/golden.hpp"

namespace davylamp::api {

TEST(TypesWriter, SpellsOptionalsEnumsListsTablesAndTimes) {
  const auto text = typescript_types();
  for (const auto* part : {"export interface Place {\n  kind: 'public' | 'private' | 'cgnat'", "  place?: Place;\n",
                           "  opened_at: number;\n", "  items: Session[];\n", "  servers: Record<string, number>;\n",
                           "  real_address?: string;\n", "  final: boolean;\n",
                           "export interface SnapshotFrame {\n  kind: 'snapshot';\n", "  opened?: Session[];\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(TypesWriter, AgreesWithTheFileOfThePage) {
  const std::string path = "web/src/api/types.gen.ts";
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(std::string(DAVYLAMP_SOURCE_DIR) + "/" + path) << typescript_types();
  const auto text = testing::read_source_file(path);
  if (text.empty()) GTEST_SKIP() << path << " is not there";
  EXPECT_EQ(text, typescript_types()) << "run `davylamp dev types > " << path << "`";
}

}  // namespace davylamp::api
