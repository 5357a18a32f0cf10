#include "app/config/overrides.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view prefix = "DAVYLAMP__";
// A list longer than this comes from a slip of the hand.
constexpr std::size_t longest_list = 1000;

std::vector<std::string> steps_of(std::string_view variable) {
  std::vector<std::string> steps;
  const auto rest = base::to_lower(variable.substr(prefix.size()));
  for (std::size_t start = 0; start <= rest.size();) {
    const auto end = std::min(rest.find("__", start), rest.size());
    steps.push_back(rest.substr(start, end - start));
    start = end + 2;
  }
  return steps;
}

std::string path_of(const std::vector<std::string>& steps) {
  std::string path;
  for (const auto& step : steps) {
    if (base::parse_number<std::size_t>(step)) {
      path += "[" + step + "]";
    } else {
      path += (path.empty() ? "" : ".") + step;
    }
  }
  return path;
}

std::optional<boost::json::value> value_of(const Key& key, const std::string& text) {
  if (key.type == KeyType::text || key.type == KeyType::choice) return boost::json::value(boost::json::string(text));
  if (key.type != KeyType::list_of_text || text.starts_with('[')) return parse_toml_value(text);
  boost::json::array list;
  for (const auto part : base::split(text, ',')) {
    const auto item = base::trim(part);
    if (!item.empty()) list.emplace_back(boost::json::string(item));
  }
  return list;
}

constexpr std::string_view no_such_entry = ": there is no such entry; lists are counted from 0 without gaps";

std::string not_a_value(std::string_view text, const std::string& path) {
  return ": \"" + base::printable(text) + "\" is not a value for " + path;
}

// The value that `steps` lead to, made on the way where absent; null where the file has something else in the way.
boost::json::value* reach(boost::json::object& root, const std::vector<std::string>& steps) {
  boost::json::object* table = &root;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto& member = (*table)[steps[i]];
    if (i + 1 == steps.size()) return &member;
    auto* inner = &member;
    if (const auto index = base::parse_number<std::size_t>(steps[i + 1])) {
      if (member.is_null()) member = boost::json::array{};
      if (!member.is_array() || *index > member.get_array().size() || *index >= longest_list) return nullptr;
      auto& list = member.get_array();
      if (*index == list.size()) list.emplace_back(boost::json::object{});
      inner = &list[*index];
      ++i;
    } else if (member.is_null()) {
      member = boost::json::object{};
    }
    if (!inner->is_object()) return nullptr;
    table = &inner->get_object();
  }
  return nullptr;
}

}  // namespace

void apply_overrides(const Environment& environment, const std::vector<Key>& keys, Document& document) {
  for (const auto& [variable, text] : environment) {
    if (!variable.starts_with(prefix)) continue;
    const auto place = "the variable " + base::printable(variable);
    const auto steps = steps_of(variable);
    const auto path = path_of(steps);
    const auto key = std::ranges::find(keys, without_indices(path), &Key::path);
    const bool is_table = key != keys.end() && (key->type == KeyType::table || key->type == KeyType::list_of_tables);
    if (key == keys.end() || is_table) {
      document.problems.push_back(place + ": unknown key " + base::printable(path) + suggestion_for(path, keys));
      continue;
    }
    auto value = value_of(*key, text);
    auto* target = value ? reach(document.root, steps) : nullptr;
    if (target == nullptr) {
      document.problems.push_back(place + (value ? std::string(no_such_entry) : not_a_value(text, path)));
      continue;
    }
    *target = std::move(*value);
    document.places[path] = place;
  }
}

}  // namespace davylamp::app
