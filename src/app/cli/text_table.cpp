#include "app/cli/text_table.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct Span {
  std::uint32_t first;
  std::uint32_t last;
};

// Unicode's East Asian Width W and F, as blocks; exact enough for names.
constexpr Span wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
                         {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                         {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr Span without_width[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
                                  {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF},
                                  {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

template <std::size_t size>
bool is_in(const Span (&spans)[size], std::uint32_t letter) {
  return std::ranges::any_of(spans, [&](const Span& span) { return letter >= span.first && letter <= span.last; });
}

std::size_t width_of(std::uint32_t letter) {
  if (is_in(without_width, letter)) return 0;
  return is_in(wide, letter) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t letter = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t j = 1; j < length && i + j < text.size(); ++j) {
      letter = (letter << 6U) | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
    }
    width += width_of(letter);
    i += length;
  }
  return width;
}

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  std::vector<std::string> headings;
  headings.reserve(columns_.size());
  for (const auto& column : columns_) headings.push_back(column.heading);
  add(std::move(headings));
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) cell = base::printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - display_width(cells[i]), ' ');
    if (i != 0) out += "  ";
    out += columns_[i].align == Align::right ? padding + cells[i] : cells[i] + padding;
  }
  out.resize(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string TextTable::to_string() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) out += line(row, widths);
  return out;
}

}  // namespace davylamp::app
