#include "sources/wireguard/book_file.hpp"

#include <array>
#include <charconv>

#include "base/text.hpp"
#include "io/kept_file.hpp"

namespace davylamp::wireguard {
namespace {

constexpr std::string_view title = "davylamp wireguard 1";
constexpr std::string_view last_line = "end";
constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

base::Time time_of(std::int64_t milliseconds) {
  return base::Time{base::Milliseconds{milliseconds}};
}

template <class T>
bool take(std::string_view text, T& into) {
  const auto value = base::parse_number<T>(text);
  if (value) into = *value;
  return value.has_value();
}

bool read_peer(std::string_view line, BookRecord& record) {
  const auto words = base::split(line, ' ');
  const auto key = words.size() == 9 ? Key::from_base64(words[0]) : std::nullopt;
  if (!key) return false;
  PeerRecord peer;
  std::int64_t began = 0;
  std::int64_t moved = 0;
  const bool whole = take(words[1], peer.base.rx_bytes) && take(words[2], peer.base.tx_bytes) &&
                     take(words[3], peer.seen.rx_bytes) && take(words[4], peer.seen.tx_bytes) &&
                     take(words[5], peer.handshake_ns) && take(words[6], began) && take(words[7], moved);
  if (!whole || (words[8] != "open" && words[8] != "closed")) return false;
  // Counters only grow from their base; anything else was not written by us.
  if (peer.seen.rx_bytes < peer.base.rx_bytes || peer.seen.tx_bytes < peer.base.tx_bytes) return false;
  peer.began_at = time_of(began);
  peer.moved_at = time_of(moved);
  peer.open = words[8] == "open";
  return record.peers.emplace(*key, peer).second;
}

}  // namespace

std::string to_text(const BookRecord& record) {
  std::string text(title);
  text.reserve(record.peers.size() * 160 + 200);
  const auto add = [&](auto number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text += ' ';
    text.append(digits.data(), end);
  };
  text += "\nepoch " + record.epoch + "\nlooked";
  add(record.looked_at.time_since_epoch().count());
  for (const auto& [key, peer] : record.peers) {
    text += '\n';
    text += key.to_base64();
    add(peer.base.rx_bytes);
    add(peer.base.tx_bytes);
    add(peer.seen.rx_bytes);
    add(peer.seen.tx_bytes);
    add(peer.handshake_ns);
    add(peer.began_at.time_since_epoch().count());
    add(peer.moved_at.time_since_epoch().count());
    text += peer.open ? " open" : " closed";
  }
  text += '\n';
  text += last_line;
  text += '\n';
  return text;
}

std::optional<BookRecord> read_book(std::string_view text) {
  BookRecord record;
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
    } else if (number == 3) {
      std::int64_t looked = 0;
      if (!line.starts_with("looked ") || !take(line.substr(7), looked)) return std::nullopt;
      record.looked_at = time_of(looked);
    } else if (line == last_line) {
      ended = true;
    } else if (!read_peer(line, record)) {
      return std::nullopt;
    }
  }
  return ended ? std::optional(std::move(record)) : std::nullopt;
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

}  // namespace davylamp::wireguard
