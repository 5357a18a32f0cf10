#include "sources/firewall/log_line.hpp"

#include <boost/json/parse.hpp>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::size_t longest_field = 16 * 1024;

bool is_tag_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '/' || c == '@' || c == '(' || c == ')';
}

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return word;
}

struct Tag {
  std::string_view program;
  bool has_process = false;
};

// "kernel:", "ovpn-server[901]:". A VPN client's "name/192.0.2.1:1194" is none: there a digit stands behind the colon.
std::optional<Tag> read_tag(std::string_view word) {
  if (word.size() < 2 || word.back() != ':') return std::nullopt;
  word.remove_suffix(1);
  Tag tag{word, false};
  if (word.back() == ']') {
    const auto open = word.find('[');
    if (open == std::string_view::npos || open == 0) return std::nullopt;
    tag = {word.substr(0, open), true};
  }
  for (const char c : tag.program) {
    if (!is_tag_character(c)) return std::nullopt;
  }
  return tag;
}

// "<4>" or what is behind it; a priority is at most 191.
void skip_priority(std::string_view& text) {
  if (!text.starts_with('<')) return;
  const auto end = text.find('>');
  if (end > 4) return;
  const auto priority = base::parse_number<unsigned>(text.substr(1, end - 1));
  if (!priority || *priority > 191) return;
  text.remove_prefix(end + 1);
}

// The structured part of RFC 5424: "-", or elements in brackets with quoted values.
bool skip_structured(std::string_view& text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    return text.empty() || text.starts_with(' ');
  }
  if (!text.starts_with('[')) return false;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ']' && (i + 1 == text.size() || text[i + 1] != '[')) {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool read_rfc5424(std::string_view text, LogLine& line) {
  if (take_word(text) != "1") return false;
  const auto stamp = take_word(text);
  const auto time = read_rfc3339(stamp);
  if (!time && stamp != "-") return false;
  LogLine found;
  found.time = time;
  found.host = take_word(text);
  found.program = take_word(text);
  take_word(text);
  take_word(text);
  if (!skip_structured(text)) return false;
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (found.host == "-") found.host = {};
  if (found.program == "-") found.program = {};
  found.message = text;
  line = found;
  return true;
}

// "4,1811,2712404686,-;message": priority, sequence, microseconds since the kernel started, flags.
bool read_kernel_record(std::string_view text, LogLine& line) {
  const auto end = text.find(';');
  if (end > 120) return false;
  const auto parts = base::split(text.substr(0, end), ',');
  if (parts.size() < 4) return false;
  const auto priority = base::parse_number<unsigned>(parts[0]);
  const auto sequence = base::parse_number<std::uint64_t>(parts[1]);
  const auto microseconds = base::parse_number<std::int64_t>(parts[2]);
  if (!priority || !sequence || !microseconds || *microseconds < 0) return false;
  line.time.emplace().since_boot = std::chrono::microseconds{*microseconds};
  line.program = (*priority >> 3U) == 0 ? "kernel" : "";
  line.kernel_record = true;
  line.sequence = sequence;
  text.remove_prefix(end + 1);
  line.message = text.substr(0, text.find('\n'));
  return true;
}

// What stands between a stamp and the message: "host program[7]: ", parts of it, or nothing.
void read_origin(std::string_view text, StampForm form, LogLine& line) {
  line.message = text;
  auto rest = text;
  const auto first = take_word(rest);
  auto behind = rest;
  const auto second = take_word(behind);
  const auto tag = read_tag(first);
  const auto later_tag = read_tag(second);
  const bool hosts_follow = form == StampForm::syslog || form == StampForm::rfc3339;
  // In programs' own logs only what is surely a tag is one: "TLS Error:" is not.
  const auto is_sure = [&](const std::optional<Tag>& found) {
    return found && (hosts_follow || found->has_process || found->program == "kernel");
  };
  if (is_sure(tag)) {
    line.program = tag->program;
    line.message = rest;
  } else if (is_sure(later_tag)) {
    line.host = first;
    line.program = later_tag->program;
    line.message = behind;
  } else if (hosts_follow) {
    line.host = first;
    line.message = rest;
  }
}

}  // namespace

LogLine read_log_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  LogLine line;
  if (read_kernel_record(text, line)) return line;
  skip_priority(text);
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (read_rfc5424(text, line)) return line;
  const auto stamp = read_stamp(text);
  line.message = text;
  if (stamp) {
    line.time = stamp->time;
    text.remove_prefix(stamp->length);
    read_origin(text, stamp->form, line);
  } else if (const auto behind = text.find(' '); behind != std::string_view::npos) {
    if (const auto tag = read_tag(text.substr(0, behind)); tag && (tag->has_process || tag->program == "kernel")) {
      line.program = tag->program;
      line.message = text.substr(behind + 1);
    }
  }
  // The kernel's own stamp stands behind syslog's, which is nearer to a wall clock.
  if (const auto inner = read_stamp(line.message); inner && inner->form == StampForm::uptime) {
    line.message.remove_prefix(inner->length);
    if (!line.time) line.time = inner->time;
  }
  return line;
}

std::optional<std::string_view> JournalEntries::next(std::string_view line) {
  if (line.starts_with("{\"")) return from_json(line);
  if (line.starts_with("__CURSOR=")) {
    auto before = take_entry();
    inside_ = true;
    return before;
  }
  if (!inside_) return line;
  if (line.empty()) return take_entry();
  take_field(line);
  return std::nullopt;
}

std::optional<std::string_view> JournalEntries::finish() {
  return inside_ ? take_entry() : std::nullopt;
}

bool JournalEntries::take_field(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  const auto name = line.substr(0, equals);
  const auto value = line.substr(equals + 1, longest_field);
  if (name == "MESSAGE") message_ = value;
  if (name == "_HOSTNAME") host_ = value;
  if (name == "SYSLOG_IDENTIFIER" || (program_.empty() && name == "_COMM")) program_ = value;
  if (name == "__REALTIME_TIMESTAMP") microseconds_ = base::parse_number<std::uint64_t>(value).value_or(0);
  return true;
}

std::optional<std::string_view> JournalEntries::take_entry() {
  inside_ = false;
  if (message_.empty()) {
    message_.clear();
    return std::nullopt;
  }
  if (host_.empty()) host_ = "-";
  if (program_.empty()) program_ = "-";
  auto fraction = std::to_string(microseconds_ % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  gathered_ =
      std::to_string(microseconds_ / 1'000'000) + "." + fraction + " " + host_ + " " + program_ + "[0]: " + message_;
  message_.clear();
  host_.clear();
  program_.clear();
  microseconds_ = 0;
  return gathered_;
}

std::optional<std::string_view> JournalEntries::from_json(std::string_view line) {
  boost::system::error_code error;
  const auto value = boost::json::parse(line, error);
  const auto* fields = error ? nullptr : value.if_object();
  if (fields == nullptr || !fields->contains("MESSAGE")) return line;
  for (const auto& field : *fields) {
    if (const auto* text = field.value().if_string()) take_field(std::string(field.key()) + "=" + std::string(*text));
  }
  auto entry = take_entry();
  return entry ? entry : std::optional<std::string_view>(line);
}

}  // namespace davylamp::firewall
