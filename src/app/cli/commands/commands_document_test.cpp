// docs/operate/command-line.md and the table of commands name the same commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "app/cli/command.hpp"

namespace davylamp::app {
namespace {

const std::string document = DAVYLAMP_SOURCE_DIR "/docs/operate/command-line.md";

// The longest command whose words begin `text`, or "".
std::string command_in(std::string_view text) {
  std::string found;
  for (const auto& command : commands()) {
    const bool begins = text == command.name || text.starts_with(std::string(command.name) + " ");
    if (begins && command.name.size() > found.size()) found = command.name;
  }
  return found;
}

// What stands between backquotes behind "davylamp " in the first column of the tables.
std::vector<std::string> calls_in_tables() {
  std::ifstream file(document);
  std::vector<std::string> calls;
  const std::string opening = "`davylamp ";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(0, line.find(" | "));
    for (auto at = cell.find(opening); at != std::string::npos; at = cell.find(opening, at + 1)) {
      const auto from = at + opening.size();
      calls.push_back(cell.substr(from, cell.find('`', from) - from));
    }
  }
  return calls;
}

TEST(CommandsDocument, NamesEveryCommand) {
  std::set<std::string> documented;
  for (const auto& call : calls_in_tables()) documented.insert(command_in(call));
  std::vector<std::string> missing;
  for (const auto& command : commands()) {
    if (!documented.contains(std::string(command.name))) missing.emplace_back(command.name);
  }
  EXPECT_THAT(missing, testing::IsEmpty()) << "add a row to " << document;
}

TEST(CommandsDocument, NamesNoOther) {
  std::vector<std::string> unknown;
  for (const auto& call : calls_in_tables()) {
    if (command_in(call).empty()) unknown.push_back(call);
  }
  EXPECT_THAT(unknown, testing::IsEmpty()) << "`davylamp help` knows no such command";
}

}  // namespace
}  // namespace davylamp::app
