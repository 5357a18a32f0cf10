#include "app/decode/decode_sockets_ss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/text.hpp"
#include "model/address.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";
using Words = std::vector<std::string_view>;
using WordsLeft = std::span<const std::string_view>;

constexpr std::array<std::string_view, 14> states{
    "ESTAB",      "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",    "UNCONN",
    "CLOSE-WAIT", "LAST-ACK", "LISTEN",   "CLOSING",    "UNKNOWN",    "NEW-SYN-RECV", "BOUND-INACTIVE"};

Words words_of(std::string_view line) {
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    const auto begin = line.find_first_not_of(blanks, at);
    if (begin == std::string_view::npos) break;
    at = std::min(line.find_first_of(blanks, begin), line.size());
    words.push_back(line.substr(begin, at - begin));
  }
  return words;
}

bool is_number(std::string_view word) {
  return base::parse_number<std::uint64_t>(word).has_value();
}

bool is_state(std::string_view word) {
  return std::ranges::find(states, word) != states.end();
}

std::string joined(WordsLeft words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return text;
}

void take_interface(std::string_view& address, SsEnd& end) {
  const auto percent = address.find('%');
  if (percent == std::string_view::npos) return;
  end.interface = address.substr(percent + 1);
  address = address.substr(0, percent);
}

// "192.0.2.1%tun0:443", "[fe80::1]%eth0:546", ":::22" (of older ones), "*:domain", "*".
SsEnd parse_end(std::string_view text) {
  SsEnd end;
  const auto colon = text.rfind(':');
  auto address = colon == std::string_view::npos ? text : text.substr(0, colon);
  const auto port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  end.port = base::parse_number<std::uint64_t>(port);
  if (!end.port && port != "*") end.service = port;
  if (address.starts_with('[')) {
    const auto bracket = address.find(']');
    auto inside = address.substr(1, std::min(bracket, address.size()) - 1);
    auto behind = bracket == std::string_view::npos ? std::string_view{} : address.substr(bracket + 1);
    take_interface(behind, end);
    if (end.interface.empty()) take_interface(inside, end);
    address = inside;
  } else {
    take_interface(address, end);
  }
  const auto parsed = model::Address::parse(address);
  end.address = parsed ? parsed->to_string() : std::string(address);
  return end;
}

// `("sshd",pid=1998,fd=3)`, `("sshd",1998,3)` of older ones, `("sshd",pid=1,proc_ctx=...,fd=3)`.
SsUser parse_user(std::string_view text) {
  SsUser user;
  const auto quote = text.rfind('"');
  const auto first = text.find('"');
  if (first == std::string_view::npos || first == quote) return user;
  user.name = base::to_utf8(text.substr(first + 1, quote - first - 1));
  std::size_t place = 0;
  for (auto part : base::split(text.substr(quote + 1), ',')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto key = equals == std::string_view::npos ? (place == 0 ? "pid" : "fd") : part.substr(0, equals);
    const auto value =
        base::parse_number<std::uint32_t>(equals == std::string_view::npos ? part : part.substr(equals + 1));
    ++place;
    if (key == "pid") user.process_id = value;
    if (key == "fd") user.descriptor = value;
  }
  return user;
}

// Takes `users:((...),(...))` out of the line: names may hold blanks.
std::string take_users(std::string_view line, std::vector<SsUser>& users) {
  constexpr std::string_view opening = "users:(";
  const auto begin = line.find("users:((\"");
  if (begin == std::string_view::npos) return std::string(line);
  auto end = line.find("))", begin);
  // A name can hold the end, but not what stands before it.
  while (end != std::string_view::npos && end > 0 && !is_number(line.substr(end - 1, 1)))
    end = line.find("))", end + 1);
  if (end == std::string_view::npos) return std::string(line);
  auto inside = line.substr(begin + opening.size(), end + 1 - begin - opening.size());
  while (!inside.empty()) {
    const auto next = inside.find("),(\"");
    users.push_back(parse_user(inside.substr(1, std::min(next, inside.size() - 1) - 1)));
    if (next == std::string_view::npos) break;
    inside.remove_prefix(next + 2);
  }
  return std::string(line.substr(0, begin)) + " " + std::string(line.substr(end + 2));
}

bool takes_the_next_word(std::string_view word) {
  return word == "send" || word == "pacing_rate" || word == "delivery_rate" || word == "max_pacing_rate";
}

void add_options(WordsLeft words, SsRow& row) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    const auto colon = word.find(':');
    if (takes_the_next_word(word) && i + 1 < words.size()) {
      row.options.emplace_back(word, words[++i]);
    } else if (colon == std::string_view::npos || colon == 0) {
      row.flags.emplace_back(word);
    } else if (colon + 1 == word.size() && i + 1 < words.size()) {
      row.options.emplace_back(word.substr(0, colon), words[++i]);
    } else {
      row.options.emplace_back(word.substr(0, colon), word.substr(colon + 1));
    }
  }
}

// A path may hold blanks; the inode behind it ends it.
std::size_t take_unix_end(WordsLeft words, SsEnd& end) {
  std::size_t at = 1;
  while (at < words.size() && !is_number(words[at])) ++at;
  if (at >= words.size()) return 0;
  end.address = base::to_utf8(joined(words.first(at)));
  end.port = base::parse_number<std::uint64_t>(words[at]);
  return at + 1;
}

bool take_unix_ends(WordsLeft words, SsRow& row) {
  const auto local = take_unix_end(words, row.local);
  if (local == 0) return false;
  const auto peer = take_unix_end(words.subspan(local), row.peer);
  if (peer == 0) return false;
  add_options(words.subspan(local + peer), row);
  return true;
}

// A program's name may hold blanks; netlink's peer is a star.
bool take_netlink_ends(WordsLeft words, SsRow& row) {
  const auto star = std::ranges::find(words, std::string_view("*"));
  const auto at = static_cast<std::size_t>(star - words.begin());
  if (at == 0 || at == words.size()) return false;
  row.local.address = base::to_utf8(joined(words.first(at)));
  row.peer.address = "*";
  add_options(words.subspan(at + 1), row);
  return true;
}

bool take_ends(WordsLeft words, SsRow& row) {
  if (row.netid.starts_with("u_")) return take_unix_ends(words, row);
  if (row.netid == "nl") return take_netlink_ends(words, row);
  if (words.size() < 2) return false;
  const bool packets = row.netid.starts_with("p_") || row.netid == "xdp";
  if (!packets && (words[0].find(':') == std::string_view::npos || words[1].find(':') == std::string_view::npos))
    return false;
  row.local = parse_end(words[0]);
  row.peer = parse_end(words[1]);
  add_options(words.subspan(2), row);
  return true;
}

}  // namespace

bool is_ss_header(std::string_view line) {
  return line.find("Recv-Q") != std::string_view::npos && line.find("Send-Q") != std::string_view::npos;
}

std::optional<SsRow> parse_ss_row(std::string_view line) {
  SsRow row;
  const auto rest = take_users(line, row.users);
  const auto words = words_of(rest);
  std::size_t at = 0;
  if (at < words.size() && words[at] == "`-") ++at;  // an association of SCTP
  if (at < words.size() && !is_number(words[at]) && !is_state(words[at])) row.netid = base::to_utf8(words[at++]);
  if (at < words.size() && !is_number(words[at])) row.state = base::to_utf8(words[at++]);
  if (at + 2 >= words.size()) return std::nullopt;
  const auto receive = base::parse_number<std::uint64_t>(words[at]);
  const auto send = base::parse_number<std::uint64_t>(words[at + 1]);
  if (!receive || !send) return std::nullopt;
  row.receive_queue = *receive;
  row.send_queue = *send;
  if (!take_ends(WordsLeft(words).subspan(at + 2), row)) return std::nullopt;
  return row;
}

bool extend_ss_row(std::string_view line, SsRow& row) {
  const bool indented = !line.empty() && blanks.find(line.front()) != std::string_view::npos;
  // On a narrow terminal older ones put what a program is called on a line of its own.
  if (!indented && !line.starts_with("users:((")) return false;
  const auto rest = take_users(line, row.users);
  add_options(words_of(rest), row);
  return true;
}

std::optional<std::uint64_t> parse_ss_duration(std::string_view text) {
  std::uint64_t milliseconds = 0;
  bool any = false;
  bool fraction = false;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = base::parse_number<std::uint32_t>(text.substr(0, digits));
    if (!number) return std::nullopt;
    text.remove_prefix(digits);
    const auto unit = text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
    text.remove_prefix(unit.size());
    if (unit == "min") {
      milliseconds += *number * std::uint64_t{60'000};
    } else if (unit == "sec" || unit == ".") {
      milliseconds += *number * std::uint64_t{1'000};
      fraction = unit == ".";
    } else if (unit == "ms" && (!fraction || digits == 3)) {
      milliseconds += *number;
    } else {
      return std::nullopt;
    }
    any = true;
  }
  return any ? std::optional(milliseconds) : std::nullopt;
}

std::optional<std::uint64_t> parse_ss_rate(std::string_view text) {
  text = text.substr(0, text.find('/'));
  if (!text.ends_with("bps")) return std::nullopt;
  text.remove_suffix(3);
  double factor = 1;
  constexpr std::string_view prefixes = "KMGT";
  if (const auto prefix = text.empty() ? std::string_view::npos : prefixes.find(text.back());
      prefix != std::string_view::npos) {
    factor = std::pow(1000.0, static_cast<double>(prefix + 1));
    text.remove_suffix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !(number >= 0) || number * factor > 1e18)
    return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(number * factor));
}

}  // namespace davylamp::app
