#include "api/testing/golden.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace davylamp::api::testing {
namespace {

void print(std::string& out, const boost::json::value& value, std::size_t depth) {
  const std::string indent(2 * depth + 2, ' ');
  const auto close = [&](char bracket) { out += "\n" + std::string(2 * depth, ' ') + bracket; };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (bool first = true; const auto& member : *object) {
      out += (first ? "\n" : ",\n") + indent + boost::json::serialize(member.key()) + ": ";
      print(out, member.value(), depth + 1);
      first = false;
    }
    close('}');
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += '[';
    for (bool first = true; const auto& item : *array) {
      out += (first ? "\n" : ",\n") + indent;
      print(out, item, depth + 1);
      first = false;
    }
    close(']');
  } else if (value.is_double()) {
    std::ostringstream text;
    text.precision(13);
    text << value.get_double();
    out += text.str();
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string read_source_file(const std::string& path) {
  std::ifstream file(std::string(DAVYLAMP_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect_golden(const std::string& name, const std::string& json) {
  std::string text;
  print(text, boost::json::parse(json), 0);
  text += '\n';
  const auto path = "tests/api/" + name + ".json";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(DAVYLAMP_SOURCE_DIR) + "/" + path) << text;
  }
  EXPECT_EQ(text, read_source_file(path)) << path << " differs; UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace davylamp::api::testing
