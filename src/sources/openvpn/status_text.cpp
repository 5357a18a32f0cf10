#include "sources/openvpn/status_text.hpp"

namespace davylamp::openvpn::status_text {
namespace {

StatusFormat format_of(std::string_view line) {
  if (line == title1) return StatusFormat::version1;
  if (line == statistics_title) return StatusFormat::statistics;
  for (const std::string_view tag : tags) {
    if (!line.starts_with(tag) || line.size() == tag.size()) continue;
    if (line[tag.size()] == ',') return StatusFormat::version2;
    if (line[tag.size()] == '\t') return StatusFormat::version3;
  }
  return StatusFormat::unknown;
}

}  // namespace

bool is_tagged(std::string_view line) {
  const StatusFormat format = format_of(line);
  return format == StatusFormat::version2 || format == StatusFormat::version3;
}

StatusFormat sniff_format(std::string_view text) {
  while (!text.empty()) {
    const std::size_t line_end = text.find('\n');
    std::string_view line = text.substr(0, line_end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const StatusFormat format = format_of(line);
    if (format != StatusFormat::unknown) return format;
    if (line_end == std::string_view::npos) break;
    text.remove_prefix(line_end + 1);
  }
  return StatusFormat::unknown;
}

std::string_view openvpn_version(std::string_view title) {
  constexpr std::string_view name = "OpenVPN ";
  if (!title.starts_with(name)) return {};
  title.remove_prefix(name.size());
  if (title.empty() || title.front() < '0' || title.front() > '9') return {};
  return title.substr(0, title.find_first_of(" \t"));
}

}  // namespace davylamp::openvpn::status_text
