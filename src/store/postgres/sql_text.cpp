#include "store/postgres/sql_text.hpp"

namespace davylamp::postgres {
namespace {

constexpr std::uint32_t text_type = 25;  // pg_type: the server must be told something
constexpr std::uint32_t inferred_type = 0;
constexpr std::string_view indexed_by = "INDEXED BY ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_of_name(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Up to and with the closing quote; a doubled quote opens the next piece.
std::size_t quoted_size(std::string_view sql) {
  const auto end = sql.find(sql.front(), 1);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

class Translator {
 public:
  explicit Translator(std::string_view sql) : rest_(sql) {}
  Translation run() {
    while (!rest_.empty()) step();
    return {.sql = std::move(done_), .types = std::move(types_)};
  }

 private:
  void step() {
    const char c = rest_.front();
    if (c == '\'' || c == '"') {
      take(quoted_size(rest_));
    } else if (c == '?') {
      rest_.remove_prefix(1);
      parameter();
    } else if (rest_.starts_with(indexed_by) && (done_.empty() || !is_of_name(done_.back()))) {
      rest_.remove_prefix(indexed_by.size());
      while (!rest_.empty() && is_of_name(rest_.front())) rest_.remove_prefix(1);
    } else {
      take(1);
    }
  }
  void take(std::size_t size) {
    done_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  void parameter() {
    std::size_t number = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      number = number * 10 + static_cast<std::size_t>(rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (number == 0) number = types_.size() + 1;
    if (types_.size() < number) types_.resize(number, text_type);
    types_[number - 1] = inferred_type;
    done_ += "$" + std::to_string(number);
  }

  std::string_view rest_;
  std::string done_;
  std::vector<std::uint32_t> types_;
};

}  // namespace

Translation to_postgres(std::string_view sql) {
  return Translator(sql).run();
}

}  // namespace davylamp::postgres
