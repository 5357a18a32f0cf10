#include "sim/command_line_words.hpp"

namespace davylamp::sim {
namespace {

constexpr std::size_t most_words = 16;
constexpr std::size_t most_word_bytes = 255;

class Lexer {
 public:
  explicit Lexer(std::string_view line) : line_(line) {}

  base::Result<std::vector<std::string>> words() {
    while (at_ < line_.size() && words_.size() < most_words) {
      const char first = line_[at_];
      if (first == ' ') {
        ++at_;
        continue;
      }
      if (first == '#' || first == ';') break;
      auto word = read_word();
      if (!word) return std::unexpected(word.error());
      if (word->size() > most_word_bytes) {
        return base::fail("too_long", "Options error: Parameter at TCP:0 is too long (256 chars max): " + *word);
      }
      words_.push_back(std::move(*word));
    }
    return std::move(words_);
  }

 private:
  base::Result<std::string> read_word() {
    const char quote = line_[at_] == '"' || line_[at_] == '\'' ? line_[at_++] : ' ';
    std::string word;
    for (; at_ < line_.size(); ++at_) {
      const char symbol = line_[at_];
      if (symbol == quote) {
        ++at_;
        return word;
      }
      if (symbol == '\\' && quote != '\'' && at_ + 1 < line_.size()) {
        word += line_[++at_];
      } else {
        word += symbol;
      }
    }
    if (quote == ' ') return word;
    return base::fail("quotation", std::string("Options error: No closing ") +
                                       (quote == '"' ? "quotation (\")" : "single quotation (')") + " in TCP:0");
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
};

}  // namespace

base::Result<std::vector<std::string>> command_words(std::string_view line) {
  return Lexer(line).words();
}

}  // namespace davylamp::sim
