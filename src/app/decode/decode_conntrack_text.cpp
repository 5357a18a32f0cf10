// The lines of `conntrack -L` and `-E`, of conntrackd -i and of /proc/net/nf_conntrack.
#include <algorithm>
#include <array>

#include "app/decode/decode_conntrack.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

// Words apart by spaces; what stands in brackets is one word with them, spaces and all.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_space(line[at])) {
      ++at;
      continue;
    }
    auto end = at;
    if (line[at] == '[') {
      end = line.find(']', at);
      end = end == std::string_view::npos ? line.size() : end + 1;
    } else {
      while (end < line.size() && !is_space(line[end]) && line[end] != '[') ++end;
    }
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<double> unix_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.find('.') == std::string_view::npos)
    return std::nullopt;
  return value;
}

std::string_view event_of(std::string_view inner) {
  if (inner == "NEW") return "new";
  if (inner == "UPDATE") return "update";
  if (inner == "DESTROY") return "destroy";
  return {};
}

struct Event {
  std::string_view name;
  std::optional<double> at;
};

// Takes what stands in front of an event's connection.
Event take_event(std::vector<std::string_view>& words) {
  Event event;
  while (!words.empty() && words.front().starts_with('[') && words.front().ends_with(']')) {
    const auto inner = base::trim(words.front().substr(1, words.front().size() - 2));
    if (const auto at = unix_seconds(inner)) {
      event.at = at;
    } else if (const auto name = event_of(inner); !name.empty()) {
      event.name = name;
    } else {
      break;
    }
    words.erase(words.begin());
  }
  return event;
}

using Pair = std::pair<std::string_view, std::string_view>;

std::optional<Pair> pair_of(std::string_view word) {
  const auto sign = word.find('=');
  if (sign == std::string_view::npos || sign == 0) return std::nullopt;
  return Pair{word.substr(0, sign), word.substr(sign + 1)};
}

class ConnectionLine {
 public:
  // The connection, or why there is none.
  base::Result<TrackedConnection> read(const std::vector<std::string_view>& words) {
    auto at = head(words);
    for (; at < words.size(); ++at) take(words[at]);
    if (!fault_.empty()) return base::fail("malformed", fault_);
    if (const auto fault = found_.fault()) return base::fail("malformed", *fault);
    return std::move(found_);
  }

 private:
  // "ipv4 2 tcp 6 431998 ESTABLISHED": all but the protocol may be missing. Returns how many words it took.
  std::size_t head(const std::vector<std::string_view>& words) {
    std::size_t at = 0;
    const auto next = [&]() -> std::string_view {
      const bool is_head = at < words.size() && !words[at].starts_with('[') && !pair_of(words[at]);
      return is_head ? words[at] : std::string_view{};
    };
    if (next() == "ipv4" || next() == "ipv6") {
      found_.family = next();
      ++at;
      if (base::parse_number<unsigned>(next())) ++at;
    }
    if (next().empty()) return at;
    found_.protocol = base::to_lower(next());
    ++at;
    if (next().empty()) return at;
    found_.protocol_number = base::parse_number<std::uint8_t>(next());
    if (!found_.protocol_number) fault_ = "a protocol without its number";
    ++at;
    if (const auto seconds = base::parse_number<std::uint64_t>(next())) {
      found_.timeout_seconds = seconds;
      ++at;
    }
    if (!next().empty() && is_state(next())) {
      found_.state = next();
      ++at;
    }
    return at;
  }

  static bool is_state(std::string_view word) {
    return std::ranges::all_of(word,
                               [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); });
  }

  void take(std::string_view word) {
    if (word.starts_with('[')) return mark(word);
    const auto pair = pair_of(word);
    if (!pair) {
      found_.words.push_back(base::to_utf8(word));
      return;
    }
    const auto [name, value] = *pair;
    if (name == "src" && !way_->source.empty()) {
      if (way_ == &found_.reply) fault_ = "a connection with three pairs of addresses";
      way_ = &found_.reply;
    }
    // Of ICMP it follows the code; the connection's own stands behind both ways.
    if (name == "id" && way_->icmp_type && !way_->icmp_id) return number(way_->icmp_id, value, name);
    if (!take_tuple_member(*way_, name, value, fault_)) member(name, value);
  }

  void member(std::string_view name, std::string_view value) {
    if (name == "mark") return number(found_.mark, value, name);
    if (name == "zone") return number(found_.zone, value, name);
    if (name == "id") return number(found_.id, value, name);
    if (name == "use") return number(found_.use, value, name);
    if (name == "delta-time") return number(found_.duration_seconds, value, name);
    if (name == "secctx") {
      found_.security_context = base::to_utf8(value);
    } else if (name == "helper") {
      found_.helper = base::to_utf8(value);
    } else if (name == "labels") {
      found_.labels = base::to_utf8(value);
    } else {
      found_.other.emplace_back(base::to_utf8(name), base::to_utf8(value));
    }
  }

  void mark(std::string_view word) {
    if (!word.ends_with(']')) {
      fault_ = "a bracket that does not close";
      return;
    }
    const auto inner = base::trim(word.substr(1, word.size() - 2));
    constexpr std::string_view active = "active since ";
    if (inner == "UNREPLIED") {
      found_.unreplied = true;
    } else if (inner == "ASSURED") {
      found_.assured = true;
    } else if (inner == "OFFLOAD" || inner == "HW_OFFLOAD") {
      found_.offloaded = true;
      if (inner == "HW_OFFLOAD") found_.words.emplace_back(inner);
    } else if (inner.starts_with(active) && inner.ends_with('s')) {
      number(found_.duration_seconds, inner.substr(active.size(), inner.size() - active.size() - 1), "active since");
    } else if (const auto pair = pair_of(inner)) {
      found_.other.emplace_back(base::to_utf8(pair->first), base::to_utf8(pair->second));
    } else {
      found_.words.push_back(base::to_utf8(inner));
    }
  }

  template <class T>
  void number(std::optional<T>& target, std::string_view value, std::string_view name) {
    // The kernel writes some in hexadecimal.
    if (value.starts_with("0x")) {
      T parsed{};
      const auto [end, error] = std::from_chars(value.data() + 2, value.data() + value.size(), parsed, 16);
      if (error == std::errc{} && end == value.data() + value.size()) {
        target = parsed;
        return;
      }
    }
    target = base::parse_number<T>(value);
    if (!target) fault_ = std::string(name) + " is no number: " + base::printable(value.substr(0, 40));
  }

  TrackedConnection found_;
  TrackedWay* way_ = &found_.original;
  std::string fault_;
};

// "conntrack -L expect", "-E expect", /proc/net/nf_conntrack_expect.
bool is_expectation(const std::vector<std::string_view>& words) {
  return std::ranges::any_of(words, [](std::string_view word) {
    return word.starts_with("mask-src=") || word.starts_with("master-src=") || word.starts_with("l3proto");
  });
}

void read_expectation(const Event& event, const std::vector<std::string_view>& words, ConntrackLines& out) {
  std::vector<std::pair<std::string, std::string>> members;
  bool masked = false;
  bool first = true;
  for (const auto word : words) {
    const auto pair = pair_of(word);
    if (pair) {
      masked = masked || pair->first == "mask-src";
      const bool of_mask = masked && (pair->first == "sport" || pair->first == "dport");
      const bool of_master =
          std::ranges::any_of(members, [](const auto& known) { return known.first == "master-src"; });
      const auto prefix = !of_mask ? "" : of_master ? "master-" : "mask-";
      members.emplace_back(prefix + base::to_utf8(pair->first), base::to_utf8(pair->second));
    } else if (first && base::parse_number<std::uint64_t>(word)) {
      members.emplace_back("timeout", word);
    } else {
      members.emplace_back("word-" + std::to_string(members.size()), base::to_utf8(word));
    }
    first = false;
  }
  out.expectation(event.name, members);
}

// "cpu=0 found=0 invalid=0 ..." of `conntrack -S`.
bool read_statistics(const std::vector<std::string_view>& words, ConntrackLines& out) {
  std::vector<std::pair<std::string, std::uint64_t>> members;
  for (const auto word : words) {
    const auto pair = pair_of(word);
    const auto value = pair ? base::parse_number<std::uint64_t>(pair->second) : std::nullopt;
    if (!value) return false;
    members.emplace_back(base::to_utf8(pair->first), *value);
  }
  if (members.empty() || (members[0].first != "cpu" && members[0].first != "CPU")) return false;
  out.statistics(members);
  return true;
}

// Rows of hexadecimal numbers under the names of /proc/net/stat/nf_conntrack.
bool read_row(const std::vector<std::string_view>& names, const std::vector<std::string_view>& words,
              ConntrackLines& out) {
  if (names.empty() || names.size() != words.size()) return false;
  std::vector<std::pair<std::string, std::uint64_t>> members;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(words[i].data(), words[i].data() + words[i].size(), value, 16);
    if (error != std::errc{} || end != words[i].data() + words[i].size()) return false;
    members.emplace_back(base::to_utf8(names[i]), value);
  }
  out.statistics(members);
  return true;
}

bool is_note(std::string_view line, const std::vector<std::string_view>& words) {
  if (line.starts_with("conntrack v") || line.starts_with("conntrack(") || line.starts_with('#')) return true;
  if (line.find("flow entries have been") != std::string_view::npos ||
      line.find("expectations have been") != std::string_view::npos || line.starts_with("WARNING:"))
    return true;
  return words.size() == 1 && base::parse_number<std::uint64_t>(words[0]);  // conntrack -C
}

}  // namespace

void decode_conntrack_text(std::string_view text, ConntrackLines& out) {
  std::vector<std::string_view> row_names;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = base::trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    auto words = words_of(line);
    if (is_note(line, words)) {
      out.note(line);
      continue;
    }
    if (words[0] == "entries") {
      row_names = words;
      out.note(line);
      continue;
    }
    if (read_row(row_names, words, out) || read_statistics(words, out)) continue;
    const std::array<std::string_view, 6> saved{"-A", "-I", "-U", "-D", "--create", "--update"};
    if (std::ranges::find(saved, words[0]) != saved.end()) {
      decode_conntrack_save(line, number, out);
      continue;
    }
    const auto event = take_event(words);
    if (is_expectation(words)) {
      read_expectation(event, words, out);
      continue;
    }
    auto connection = ConnectionLine().read(words);
    if (!connection) {
      out.problem(number, connection.error().message + " was skipped");
      continue;
    }
    connection->event = event.name;
    connection->at = event.at;
    out.connection(*connection);
  }
}

}  // namespace davylamp::app
