#include "app/config/reference.hpp"

#include <algorithm>
#include <iterator>

#include "app/config/meanings.hpp"
#include "app/config/schema.hpp"
#include "app/config/seed_variables.hpp"

namespace davylamp::app {
namespace {

std::string_view meaning_of(std::string_view path) {
  const auto found = std::ranges::find(meanings(), path, &Meaning::path);
  return found == meanings().end() ? "" : found->text;
}

bool is_table(const Key& key) {
  return key.type == KeyType::table || key.type == KeyType::list_of_tables;
}

std::string type_text(const Key& key) {
  switch (key.type) {
    case KeyType::text:
      return "text";
    case KeyType::list_of_text:
      return "list of text";
    case KeyType::list_of_numbers:
      return "list of whole numbers";
    case KeyType::whole_number:
      return "whole number";
    case KeyType::number:
      return "number";
    case KeyType::boolean:
      return "true or false";
    case KeyType::choice:
      break;
    case KeyType::table:
    case KeyType::list_of_tables:
      return "table";
  }
  std::string text;
  for (const auto& choice : key.choices) text += (text.empty() ? "\"" : ", \"") + choice + "\"";
  return text;
}

std::string heading(const Key& key) {
  const auto brackets = key.type == KeyType::list_of_tables ? "[[" + key.path + "]]" : "[" + key.path + "]";
  return "\n## `" + brackets + "`\n\n" + std::string(meaning_of(key.path)) +
         "\n\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
}

std::string row(const Key& key) {
  const auto name = key.path.substr(key.path.rfind('.') + 1);
  const auto given = key.default_value.empty() || key.default_value == "\"\"" ? "" : "`" + key.default_value + "`";
  return "| `" + name + "` | " + type_text(key) + " | " + given + " | " + std::string(meaning_of(key.path)) + " |\n";
}

// A table that only holds lists of tables has no rows of its own.
bool has_rows(const std::vector<Key>& keys, const Key& table) {
  return std::ranges::any_of(keys, [&](const Key& key) {
    return !is_table(key) && key.path.starts_with(table.path) && key.path.rfind('.') == table.path.size();
  });
}

}  // namespace

std::string config_reference() {
  std::string out =
      "# Configuration reference\n\n"
      "Made by `davylamp dev config-reference`; do not edit by hand.\n\n"
      "The file is TOML, by default `/etc/davylamp/davylamp.toml`. Every key is optional unless its meaning says "
      "otherwise; an unknown "
      "key is an error. `davylamp check` tells everything that is wrong at once.\n\n"
      "Each key can be overridden by a variable: `DAVYLAMP__STORE__PATH` sets `path` in `[store]`, "
      "`DAVYLAMP__SOURCE__OPENVPN__0__NAME` the name of the first server. Lists of text take commas.\n";
  out += seed_variable_reference();
  const auto keys = config_keys();
  for (const auto& key : keys) {
    if (!is_table(key)) {
      out += row(key);
    } else if (key.type == KeyType::list_of_tables || has_rows(keys, key)) {
      out += heading(key);
    }
  }
  return out;
}

std::vector<std::string> reference_gaps() {
  std::vector<std::string> gaps;
  const auto keys = config_keys();
  for (const auto& key : keys) {
    if (meaning_of(key.path).empty()) gaps.push_back("no meaning for " + key.path);
  }
  for (const auto& meaning : meanings()) {
    if (std::ranges::find(keys, meaning.path, &Key::path) == keys.end())
      gaps.push_back("no key " + std::string(meaning.path));
  }
  return gaps;
}

}  // namespace davylamp::app
