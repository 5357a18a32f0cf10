#include "sources/ipsec/book_file.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"
#include "io/kept_file.hpp"

namespace davylamp::ipsec {
namespace {

constexpr std::string_view title = "davylamp ipsec 1";
constexpr std::string_view last_line = "end";
constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

template <class T>
bool take(std::string_view text, T& into) {
  const auto value = base::parse_number<T>(text);
  if (value) into = *value;
  return value.has_value();
}

bool take_time(std::string_view text, base::Time& into) {
  std::int64_t milliseconds = 0;
  const bool taken = take(text, milliseconds);
  into = base::Time{base::Milliseconds{milliseconds}};
  return taken;
}

void add(std::string& text, std::initializer_list<std::uint64_t> numbers) {
  for (const auto number : numbers) text += " " + std::to_string(number);
  text += '\n';
}

std::uint64_t number_of(base::Time time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

bool read_session(std::string_view line, BookRecord& record, SessionRecord*& latest) {
  const auto words = base::split(line, ' ');
  std::uint64_t number = 0;
  SessionRecord session;
  const bool whole = words.size() == 8 && take(words[1], number) && take(words[2], session.ike) &&
                     take(words[3], session.identity) && take_time(words[4], session.began_at) &&
                     take_time(words[5], session.seen_at) && take(words[6], session.closed.rx_bytes) &&
                     take(words[7], session.closed.tx_bytes);
  if (!whole) return false;
  const auto [entry, added] = record.sessions.emplace(number, session);
  latest = &entry->second;
  return added;
}

bool read_child(std::string_view line, SessionRecord* latest) {
  const auto words = base::split(line, ' ');
  ChildKey key;
  model::Counters counters;
  if (latest == nullptr || words.size() != 5 || !take(words[1], key.first) || !take(words[2], key.second) ||
      !take(words[3], counters.rx_bytes) || !take(words[4], counters.tx_bytes)) {
    return false;
  }
  return latest->children.emplace(key, counters).second;
}

}  // namespace

std::string to_text(const BookRecord& record) {
  std::string text(title);
  text += "\nepoch " + record.epoch + "\n";
  for (const auto& [number, session] : record.sessions) {
    text += "session";
    add(text, {number, session.ike, session.identity, number_of(session.began_at), number_of(session.seen_at),
               session.closed.rx_bytes, session.closed.tx_bytes});
    for (const auto& [key, counters] : session.children) {
      text += "child";
      add(text, {key.first, key.second, counters.rx_bytes, counters.tx_bytes});
    }
  }
  text += last_line;
  text += '\n';
  return text;
}

std::optional<BookRecord> read_book(std::string_view text) {
  BookRecord record;
  SessionRecord* latest = nullptr;
  std::size_t number = 0;
  bool ended = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || ended) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (number == 1) {
      if (line != title) return std::nullopt;
    } else if (number == 2) {
      if (!line.starts_with("epoch ")) return std::nullopt;
      record.epoch = line.substr(6);
    } else if (line == last_line) {
      ended = true;
    } else if (line.starts_with("session ")) {
      if (!read_session(line, record, latest)) return std::nullopt;
    } else if (!line.starts_with("child ") || !read_child(line, latest)) {
      return std::nullopt;
    }
  }
  return ended && number >= 3 ? std::optional(std::move(record)) : std::nullopt;
}

base::Result<void> keep_book(const std::string& path, const BookRecord& record) {
  if (path.empty()) return {};
  return io::keep_file(path, to_text(record));
}

base::Result<BookRecord> load_book(const std::string& path) {
  if (path.empty()) return BookRecord{};
  const auto text = io::read_kept_file(path, most_bytes);
  if (!text) return std::unexpected(text.error());
  if (!*text) return BookRecord{};
  auto record = read_book(**text);
  if (!record) return base::fail("unreadable", path + " is damaged: what it knew is lost; sessions are counted anew");
  return std::move(*record);
}

}  // namespace davylamp::ipsec
