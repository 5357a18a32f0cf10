// Tables for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace davylamp::app {

enum class Align { left, right };

struct Column {
  std::string heading;
  Align align = Align::left;
};

// How many cells a terminal gives to UTF-8 text: wide letters two, combining marks none.
std::size_t display_width(std::string_view text);

// Cells are made printable, so a hostile name can neither move the cursor nor forge a row.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);
  void add(std::vector<std::string> cells);
  // Columns are two blanks apart; lines have no blanks at their end.
  std::string to_string() const;

 private:
  std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // the headings first
};

}  // namespace davylamp::app
