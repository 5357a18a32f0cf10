#include "sources/ipsec/swanctl_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::ipsec {
namespace {

bool is_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : base::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

// One line of `--raw`. A value may hold spaces ("C=CH, CN=moon"): it ends before the next key or bracket.
class RawReader {
 public:
  explicit RawReader(std::string_view text) : text_(text) {}

  bool read(Node& section, unsigned depth) {
    for (;;) {
      skip_spaces();
      if (text_.empty()) return depth == 0;
      if (text_.front() == '}') {
        text_.remove_prefix(1);
        return depth > 0;
      }
      const auto stop = text_.find_first_of("={}");
      if (stop == std::string_view::npos || text_[stop] == '}') return false;
      Node child;
      child.name = base::trim(text_.substr(0, stop));
      const bool is_section = text_[stop] == '{';
      text_.remove_prefix(stop + 1);
      bool whole = true;
      if (is_section) {
        whole = depth + 1 < most_depth && read(child, depth + 1);
      } else if (text_.starts_with('[')) {
        whole = read_list(child);
      } else {
        child.kind = Node::Kind::value;
        child.value = take_value();
      }
      section.children.push_back(std::move(child));
      if (!whole) return false;
    }
  }

 private:
  void skip_spaces() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  // Selectors hold brackets of their own: "10.1.0.0/16[tcp/80]".
  bool read_list(Node& list) {
    list.kind = Node::Kind::list;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '[') ++depth;
      if (text_[i] != ']' || --depth > 0) continue;
      list.items = words_of(text_.substr(1, i - 1));
      text_.remove_prefix(i + 1);
      return true;
    }
    list.items = words_of(text_.substr(1));
    text_ = {};
    return false;
  }
  std::string take_value() {
    std::size_t end = 0;
    while (end < text_.size() && text_[end] != '}') {
      if (text_[end] == ' ' && begins_element(text_.substr(end + 1))) break;
      ++end;
    }
    std::string value(base::trim(text_.substr(0, end)));
    text_.remove_prefix(end);
    return value;
  }
  static bool begins_element(std::string_view text) {
    const auto stop = text.find_first_of(" ={}");
    if (stop == std::string_view::npos) return false;
    if (text[stop] == '=') return is_key(text.substr(0, stop));
    return text[stop] == ' ' && text.substr(stop + 1).starts_with('{');
  }

  std::string_view text_;
};

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  bool next(std::string_view& line) {
    if (text_.empty()) return false;
    const auto end = text_.find('\n');
    line = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    return true;
  }
  std::size_t number() const { return number_; }

 private:
  std::string_view text_;
  std::size_t number_ = 0;
};

// Below a heading of `--pretty`.
bool read_pretty(Lines& lines, Node& section, unsigned depth) {
  std::string_view line;
  while (lines.next(line)) {
    line = base::trim(line);
    if (line == "}") return true;
    if (line.empty()) continue;
    auto& child = section.children.emplace_back();
    if (line.ends_with(" {")) {
      child.name = line.substr(0, line.size() - 2);
      if (depth + 1 >= most_depth || !read_pretty(lines, child, depth + 1)) return false;
      continue;
    }
    const auto equals = line.find(" =");
    if (equals == std::string_view::npos) return false;
    child.name = line.substr(0, equals);
    const auto value = base::trim(line.substr(equals + 2));
    child.kind = value == "[" ? Node::Kind::list : Node::Kind::value;
    if (value != "[") child.value = value;
    if (value != "[") continue;
    bool ended = false;
    while (!ended && lines.next(line)) {
      line = base::trim(line);
      ended = line == "]";
      if (!ended && !line.empty()) child.items.emplace_back(line);
    }
    if (!ended) return false;
  }
  return false;
}

}  // namespace

std::vector<PrintedMessage> read_printed(std::string_view text, std::vector<PrintedProblem>& problems) {
  std::vector<PrintedMessage> messages;
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    line = base::trim(line);
    if (line.empty()) continue;
    const auto brace = line.find('{');
    if (brace == std::string_view::npos) {
      problems.push_back({lines.number(), "neither a message nor a part of one"});
      continue;
    }
    PrintedMessage message;
    message.line = lines.number();
    message.heading = base::trim(line.substr(0, brace));
    const auto rest = line.substr(brace + 1);
    if (base::trim(rest).empty()) {
      message.whole = read_pretty(lines, message.content, 0);
    } else if (rest.ends_with('}')) {
      message.whole = RawReader(rest.substr(0, rest.size() - 1)).read(message.content, 0);
    } else {
      RawReader(rest).read(message.content, 0);
      message.whole = false;
    }
    if (!message.whole) problems.push_back({message.line, "a message that is not whole"});
    messages.push_back(std::move(message));
  }
  return messages;
}

Node read_pattern(std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i).starts_with(".*")) {
      text += "  ";
      ++i;
    } else if (pattern[i] != '\\') {
      text += pattern[i];
    }
  }
  Node message;
  auto& ike = message.children.emplace_back();
  Node* section = &ike;
  for (const auto& word : words_of(text)) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      if (word == "child-sas") {
        section = &ike.children.emplace_back();
        section->name = word;
        section = &section->children.emplace_back();
      } else if (section->name.empty()) {
        section->name = word;
      } else if (word == "ESP" || word == "AH") {
        section->children.push_back({Node::Kind::value, "protocol", word, {}, {}});
      } else if (!section->children.empty() && section->children.back().kind == Node::Kind::list) {
        section->children.back().items.emplace_back(base::trim(word.substr(0, word.find(']'))));
      } else if (!section->children.empty()) {
        section->children.back().value += " " + word;
      }
      continue;
    }
    const auto name = word.substr(0, equals);
    const auto value = word.substr(equals + 1);
    if (!is_key(name)) {
      // A part of a distinguished name.
      if (!section->children.empty()) section->children.back().value += " " + word;
    } else if (value.starts_with('[')) {
      const auto end = value.ends_with(']') ? value.size() - 2 : value.size() - 1;
      Node list{Node::Kind::list, name, {}, {}, {}};
      if (end > 0) list.items.push_back(value.substr(1, end));
      section->children.push_back(std::move(list));
    } else if (!value.empty() && !value.ends_with("..")) {
      section->children.push_back({Node::Kind::value, name, value, {}, {}});
    }
  }
  return message;
}

}  // namespace davylamp::ipsec
