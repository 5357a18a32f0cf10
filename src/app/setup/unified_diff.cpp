#include "app/setup/unified_diff.hpp"

#include <algorithm>
#include <vector>

namespace davylamp::app {
namespace {

constexpr std::size_t context_lines = 3;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

void append_line(std::string& out, char sign, std::string_view line) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

std::string range_text(std::size_t first, std::size_t count) {
  // An empty range is named by the line before it.
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return "";
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  const auto shorter = std::min(old_lines.size(), new_lines.size());
  std::size_t head = 0;
  while (head < shorter && old_lines[head] == new_lines[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
    ++tail;
  }
  const auto first = head - std::min(head, context_lines);
  const auto behind = std::min(tail, context_lines);
  const auto old_end = old_lines.size() - tail;
  const auto new_end = new_lines.size() - tail;
  std::string out = "--- " + (before.empty() ? std::string("/dev/null") : std::string(path)) + "\n+++ " +
                    (after.empty() ? std::string("/dev/null") : std::string(path)) + "\n@@ -" +
                    range_text(first, old_end + behind - first) + " +" + range_text(first, new_end + behind - first) +
                    " @@\n";
  for (auto i = first; i < head; ++i) append_line(out, ' ', old_lines[i]);
  for (auto i = head; i < old_end; ++i) append_line(out, '-', old_lines[i]);
  for (auto i = head; i < new_end; ++i) append_line(out, '+', new_lines[i]);
  for (auto i = old_end; i < old_end + behind; ++i) append_line(out, ' ', old_lines[i]);
  return out;
}

}  // namespace davylamp::app
