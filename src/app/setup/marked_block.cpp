#include "app/setup/marked_block.hpp"

#include <utility>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view begin_mark = "# davylamp: begin";
constexpr std::string_view end_mark = "# davylamp: end";

// The next line with its end.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

bool begins(std::string_view line, std::string_view label) {
  const auto text = base::trim(line);
  if (!text.starts_with(begin_mark)) return false;
  return label.empty() || base::trim(text.substr(begin_mark.size())) == label;
}

}  // namespace

std::string with_block(std::string_view text, std::string_view label, const std::vector<std::string>& lines) {
  const std::string end = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
  std::string out(text);
  if (!out.empty() && !out.ends_with('\n')) out += end;
  out += std::string(begin_mark) + " " + std::string(label) + end;
  for (const auto& line : lines) out += line + end;
  return out + std::string(end_mark) + end;
}

std::string put_block(std::string_view text, std::string_view label, const std::vector<std::string>& lines) {
  const auto rest = without_block(text, label);
  auto put = with_block(rest, label, lines);
  if (!rest.empty() && !rest.ends_with('\n')) return put;
  const auto block = std::string_view(put).substr(rest.size());
  const bool same = rest.size() + block.size() == text.size() && text.find(block) != std::string_view::npos;
  return same ? std::string(text) : put;
}

std::string without_block(std::string_view text, std::string_view label) {
  std::string out;
  std::string block;
  for (auto rest = text; !rest.empty();) {
    const auto line = take_line(rest);
    if (!block.empty() && !begins(line, "")) {
      block += line;
      if (base::trim(line) == end_mark) block.clear();
    } else if (begins(line, label)) {
      out += block;  // was never closed
      block = line;
    } else {
      out += std::exchange(block, {});
      out += line;
    }
  }
  return out + block;
}

bool has_block(std::string_view text) {
  for (auto rest = text; !rest.empty();) {
    if (begins(take_line(rest), "")) return true;
  }
  return false;
}

}  // namespace davylamp::app
