#include "sources/openvpn/management_reply.hpp"

#include <array>

#include "sources/openvpn/decimal.hpp"
#include "sources/openvpn/status_text.hpp"

namespace davylamp::openvpn {
namespace {

using namespace std::string_view_literals;

// Takes the text up to the next comma, and the comma.
std::string_view take_column(std::string_view& text) {
  const std::size_t comma = text.find(',');
  const std::string_view column = text.substr(0, comma);
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  return column;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || text.size() > 12) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

bool is_state_name(std::string_view text) {
  if (text.empty()) return false;
  for (const char symbol : text) {
    if (!(symbol >= 'A' && symbol <= 'Z') && symbol != '_') return false;
  }
  return true;
}

std::optional<std::uint64_t> value_of(std::string_view pair, std::string_view name) {
  if (!pair.starts_with(name) || pair.size() <= name.size() || pair[name.size()] != '=') return std::nullopt;
  return parse_decimal(pair.substr(name.size() + 1));
}

}  // namespace

std::optional<StateChange> parse_state(std::string_view text) {
  std::array<std::string_view, 9> columns;
  std::size_t count = 0;
  for (; count < columns.size(); ++count) {
    const bool more = text.find(',') != std::string_view::npos;
    columns[count] = take_column(text);
    if (!more) {
      ++count;
      break;
    }
  }
  const auto at = parse_time(columns[0]);
  if (!at || count < 4 || !text.empty() || !is_state_name(columns[1])) return std::nullopt;
  return StateChange{*at,        columns[1], columns[2], columns[3], columns[4],
                     columns[5], columns[6], columns[7], columns[8]};
}

std::optional<LogLine> parse_log(std::string_view text) {
  if (text.find(',') == std::string_view::npos) return std::nullopt;
  const auto at = parse_time(take_column(text));
  if (!at || text.find(',') == std::string_view::npos) return std::nullopt;
  const std::string_view flags = take_column(text);
  return LogLine{*at, flags, text};
}

std::optional<LoadStats> parse_load_stats(std::string_view text) {
  const auto clients = value_of(take_column(text), "nclients");
  const auto rx = value_of(take_column(text), "bytesin");
  const auto tx = value_of(take_column(text), "bytesout");
  if (!clients || !rx || !tx) return std::nullopt;
  return LoadStats{*clients, *rx, *tx};
}

std::optional<std::uint64_t> parse_pid(std::string_view text) {
  return value_of(text, "pid");
}

std::string_view parse_version(std::string_view row) {
  constexpr std::string_view label = "OpenVPN Version: ";
  if (!row.starts_with(label)) return {};
  return status_text::openvpn_version(row.substr(label.size()));
}

ReplyTopic reply_topic(std::string_view first_line) {
  if (first_line == status_text::title1 || first_line == status_text::statistics_title) return ReplyTopic::status;
  if (status_text::is_tagged(first_line)) return ReplyTopic::status;
  if (first_line.starts_with("OpenVPN Version:"sv)) return ReplyTopic::version;
  if (first_line.starts_with("Management Interface for "sv)) return ReplyTopic::help;
  if (first_line.starts_with('[') &&
      first_line.ends_with("] The purpose of this command is to generate large amounts of output."sv)) {
    return ReplyTopic::test;
  }
  if (parse_state(first_line)) return ReplyTopic::state;
  if (parse_log(first_line)) return ReplyTopic::log;
  return ReplyTopic::unknown;
}

}  // namespace davylamp::openvpn
