#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/agents/report_paths.hpp"
#include "api/routes.hpp"
#include "api/testing/golden.hpp"
#include "api/types_writer.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

// docs/api/openapi.yaml is written so that its outline can be read by indentation alone.
struct Outline {
  std::set<std::string> calls;                            // "GET /api/v1/me"
  std::map<std::string, std::set<std::string>> members;   // of each schema
  std::map<std::string, std::set<std::string>> required;  // of each schema
};

struct Line {
  std::size_t indent;
  std::string key;
  std::string rest;
};

std::vector<Line> lines_of(const std::string& text) {
  std::vector<Line> lines;
  for (const auto line : base::split(text, '\n')) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos || line[start] == '#' || line[start] == '-') continue;
    const auto colon = line.find(':', line[start] == '"' ? line.find('"', start + 1) : start);
    if (colon == std::string_view::npos) continue;
    lines.push_back(
        {start, std::string(line.substr(start, colon - start)), std::string(base::trim(line.substr(colon + 1)))});
  }
  return lines;
}

std::set<std::string> list_of(std::string_view text) {
  std::set<std::string> items;
  if (!text.starts_with('[') || !text.ends_with(']')) return items;
  for (const auto item : base::split(text.substr(1, text.size() - 2), ',')) items.insert(std::string(base::trim(item)));
  return items;
}

std::string verb_of(std::string key) {
  for (auto& c : key) c = static_cast<char>(c - 'a' + 'A');
  return key;
}

Outline read_outline() {
  Outline outline;
  std::string section;
  std::string path;
  std::string part;
  for (const auto& line : lines_of(testing::read_source_file("docs/api/openapi.yaml"))) {
    if (line.indent == 0) section = line.key;
    if (line.indent == 2) {
      path = line.key;
      part.clear();
    }
    if (section == "paths" && line.indent == 4) outline.calls.insert(verb_of(line.key) + " " + path);
    if (section != "components" || path != "schemas") continue;
    if (line.indent == 4) {
      part = line.key;
      outline.members[part];
    }
    if (line.indent == 6 && line.key == "required") outline.required[part] = list_of(line.rest);
    if (line.indent == 8) outline.members[part].insert(line.key);
  }
  return outline;
}

}  // namespace

TEST(OpenApi, NamesTheCallsOfTheTable) {
  std::set<std::string> calls;
  for (const auto& route : routes())
    calls.insert(std::string(method_name(route.method)) + " " + std::string(route.path));
  for (const auto call : report_calls) calls.insert(std::string(call));
  EXPECT_EQ(read_outline().calls, calls);
}

TEST(OpenApi, DescribesEveryTypeWithItsMembers) {
  const auto outline = read_outline();
  std::set<std::string> described;
  for (const auto& type : described_types()) {
    described.insert(type.name);
    std::set<std::string> members;
    std::set<std::string> required;
    for (const auto& member : type.members) {
      members.insert(member.name);
      if (!member.optional) required.insert(member.name);
    }
    const auto found = outline.members.find(type.name);
    ASSERT_NE(found, outline.members.end()) << type.name << " is missing";
    EXPECT_EQ(found->second, members) << type.name;
    EXPECT_EQ(outline.required.contains(type.name) ? outline.required.at(type.name) : std::set<std::string>{}, required)
        << type.name;
  }
  for (const auto& [name, members] : outline.members)
    EXPECT_TRUE(described.contains(name)) << name << " is no type of ours";
}

}  // namespace davylamp::api
