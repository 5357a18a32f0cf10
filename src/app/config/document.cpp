#include "app/config/document.hpp"

#include <toml++/toml.h>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

// Turns toml++'s nodes into JSON values and notes the line of each.
class Converter {
 public:
  Converter(Document& document, std::string_view file_name) : document_(document), file_name_(file_name) {}

  boost::json::object convert(const toml::table& table, const std::string& path) {
    boost::json::object object;
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      auto inner = path;
      if (!inner.empty()) inner += '.';
      inner += name;
      note(inner, key.source());
      object[name] = convert(node, inner);
    }
    return object;
  }

  boost::json::value convert(const toml::node& node, const std::string& path) {
    switch (node.type()) {
      case toml::node_type::table:
        return convert(*node.as_table(), path);
      case toml::node_type::array: {
        boost::json::array list;
        for (const auto& item : *node.as_array()) {
          const auto inner = path + "[" + std::to_string(list.size()) + "]";
          note(inner, item.source());
          list.push_back(convert(item, inner));
        }
        return list;
      }
      case toml::node_type::string:
        return boost::json::value(boost::json::string(node.as_string()->get()));
      case toml::node_type::integer:
        return node.as_integer()->get();
      case toml::node_type::floating_point:
        return node.as_floating_point()->get();
      case toml::node_type::boolean:
        return node.as_boolean()->get();
      default:
        break;
    }
    document_.problems.push_back(document_.place_of(path) + ": " + base::printable(path) +
                                 ": dates and times are not used here; write text or a number");
    return nullptr;
  }

 private:
  void note(const std::string& path, const toml::source_region& source) {
    document_.places[path] = std::string(file_name_) + ":" + std::to_string(source.begin.line);
  }
  Document& document_;
  std::string_view file_name_;
};

}  // namespace

std::string Document::place_of(std::string_view path) const {
  for (std::string key(path); !key.empty();) {
    const auto found = places.find(key);
    if (found != places.end()) return found->second;
    const auto cut = key.find_last_of(".[");
    key.resize(cut == std::string::npos ? 0 : cut);
  }
  return {};
}

Document parse_toml(std::string_view text, std::string_view file_name) {
  Document document;
  if (!base::is_utf8(text)) {
    document.problems.push_back(std::string(file_name) + ": is not UTF-8 text; save it as UTF-8");
    return document;
  }
  try {
    const auto table = toml::parse(text);
    document.root = Converter(document, file_name).convert(table, "");
  } catch (const toml::parse_error& error) {
    document.problems.push_back(std::string(file_name) + ":" + std::to_string(error.source().begin.line) +
                                ": is not TOML: " + base::printable(error.description()) +
                                "; what follows was not read");
  }
  return document;
}

std::optional<boost::json::value> parse_toml_value(std::string_view text) {
  auto document = parse_toml("value = " + std::string(text), "");
  const auto* value = document.root.if_contains("value");
  if (!document.problems.empty() || value == nullptr || document.root.size() != 1) return std::nullopt;
  return *value;
}

}  // namespace davylamp::app
