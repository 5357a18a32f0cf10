#include "sources/openvpn/config_lexer.hpp"

#include <optional>
#include <utility>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

constexpr std::size_t most_words = 16;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Reads one line; nothing when a quote stays open.
class LineLexer {
 public:
  std::optional<std::vector<std::string>> words(std::string_view line) {
    for (const char c : line) {
      if (state_ == State::between && !escaped_ && (c == '#' || c == ';')) break;
      if (c == '\\' && !escaped_ && state_ != State::single_quoted) {
        escaped_ = true;
        continue;
      }
      take(c);
      escaped_ = false;
      if (words_.size() == most_words) return words_;
    }
    if (state_ == State::single_quoted || state_ == State::double_quoted) return std::nullopt;
    if (state_ == State::plain) finish();
    return words_;
  }

 private:
  enum class State { between, plain, double_quoted, single_quoted };

  void take(char c) {
    switch (state_) {
      case State::between:
        if (is_blank(c) && !escaped_) return;
        if (c == '"' && !escaped_) {
          state_ = State::double_quoted;
        } else if (c == '\'' && !escaped_) {
          state_ = State::single_quoted;
        } else {
          state_ = State::plain;
          word_ += c;
        }
        return;
      case State::plain:
        return is_blank(c) && !escaped_ ? finish() : word_.push_back(c);
      case State::double_quoted:
        return c == '"' && !escaped_ ? finish() : word_.push_back(c);
      case State::single_quoted:
        return c == '\'' ? finish() : word_.push_back(c);
    }
  }
  void finish() {
    words_.push_back(std::move(word_));
    word_.clear();
    state_ = State::between;
  }

  State state_ = State::between;
  bool escaped_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

void strip_dashes(std::string& name) {
  if (name.starts_with("--")) name.erase(0, 2);
}

// "<ca>" gives "</ca>".
std::optional<std::string> end_of_block(const std::vector<std::string>& words) {
  if (words.size() != 1) return std::nullopt;
  const auto& tag = words.front();
  if (tag.size() < 3 || tag.front() != '<' || tag.back() != '>' || tag[1] == '/') return std::nullopt;
  return "</" + tag.substr(1);
}

}  // namespace

std::vector<Directive> lex_config(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<Directive> directives;
  std::string block_end;
  Directive block;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!block_end.empty()) {
      if (base::trim(line).starts_with(block_end)) {
        directives.push_back(std::exchange(block, {}));
        block_end.clear();
      } else {
        block.block.append(line).append("\n");
      }
      continue;
    }
    auto words = LineLexer().words(line);
    if (!words || words->empty()) continue;
    if (auto tag = end_of_block(*words)) {
      block = {number, {tag->substr(2, tag->size() - 3), "[inline]"}, ""};
      block_end = std::move(*tag);
      continue;
    }
    strip_dashes(words->front());
    directives.push_back({number, std::move(*words), ""});
  }
  return directives;
}

std::vector<Directive> lex_arguments(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && !arguments.front().starts_with("--")) return {{0, {"config", arguments.front()}, ""}};
  std::vector<Directive> directives;
  for (const auto& argument : arguments) {
    if (argument.starts_with("--")) {
      directives.push_back({0, {argument.substr(2)}, ""});
    } else if (!directives.empty()) {
      directives.back().words.push_back(argument);
    }
  }
  return directives;
}

}  // namespace davylamp::openvpn
