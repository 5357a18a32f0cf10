#include "api/base_path.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

std::string escape_attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// Takes out a <base ...> that the build put in.
void drop_base(std::string& html) {
  const auto begin = html.find("<base ");
  const auto end = begin == std::string::npos ? begin : html.find('>', begin);
  if (end != std::string::npos) html.erase(begin, end + 1 - begin);
}

}  // namespace

void take_off_base(RequestTarget& target, std::string_view base_path) {
  if (base_path.empty() || !target.path.starts_with(base_path)) return;
  const auto rest = std::string_view(target.path).substr(base_path.size());
  if (!rest.starts_with('/')) return;
  const auto taken = std::ranges::count(base_path, '/');
  // An encoded slash makes fewer segments than the path has: then it is not what the base path means.
  const auto first = base::split(base_path.substr(1), '/');
  if (target.segments.size() <= static_cast<std::size_t>(taken)) return;
  if (!std::equal(first.begin(), first.end(), target.segments.begin())) return;
  target.path = std::string(rest);
  target.segments.erase(target.segments.begin(), target.segments.begin() + taken);
}

std::string with_page_base(std::string html, std::string_view base_path) {
  constexpr std::string_view head = "<head>";
  drop_base(html);
  const auto begin = html.find(head);
  if (begin == std::string::npos) return html;
  return html.insert(begin + head.size(), "<base href=\"" + escape_attribute(base_path) + "/\">");
}

}  // namespace davylamp::api
