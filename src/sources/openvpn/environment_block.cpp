#include "sources/openvpn/environment_block.hpp"

#include "sources/openvpn/secrets.hpp"

namespace davylamp::openvpn {

void EnvironmentBlock::clear() {
  text_.clear();
  ranges_.clear();
  entries_.clear();
  secrets_dropped_ = 0;
  entries_dropped_ = 0;
}

bool EnvironmentBlock::add(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  const std::string_view name = assignment.substr(0, equals);
  const std::string_view value = assignment.substr(equals + 1);
  if (is_secret_name(name) || find_secret(value) != std::string_view::npos) {
    ++secrets_dropped_;
    return true;
  }
  if (ranges_.size() == most_entries || text_.size() + assignment.size() > most_bytes) {
    ++entries_dropped_;
    return true;
  }
  ranges_.push_back({text_.size(), name.size(), value.size()});
  text_ += name;
  text_ += value;
  return true;
}

std::span<const EnvironmentEntry> EnvironmentBlock::entries() {
  entries_.clear();
  const std::string_view text = text_;
  for (const Range& range : ranges_) {
    entries_.push_back(
        {text.substr(range.name_at, range.name_size), text.substr(range.name_at + range.name_size, range.value_size)});
  }
  return entries_;
}

}  // namespace davylamp::openvpn
