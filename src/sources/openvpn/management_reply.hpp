#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sources/openvpn/management_message.hpp"

// The texts inside management answers.
namespace davylamp::openvpn {

// `time,STATE,detail,…`: the text behind `>STATE:`, or a row of the `state` answer.
std::optional<StateChange> parse_state(std::string_view text);

// `time,flags,text`: the text behind `>LOG:`, or a row of the `log` answer.
std::optional<LogLine> parse_log(std::string_view text);

// `nclients=8,bytesin=19745,bytesout=19625`: the text of the `load-stats` answer. Bytes are of the whole process.
struct LoadStats {
  std::uint64_t clients = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
};
std::optional<LoadStats> parse_load_stats(std::string_view text);

// `pid=6201`: the text of the `pid` answer.
std::optional<std::uint64_t> parse_pid(std::string_view text);

// "2.6.14" of `OpenVPN Version: OpenVPN 2.6.14 …`, a row of the `version` answer; empty for any other row.
std::string_view parse_version(std::string_view row);

// What an answer of several lines is, by its first line.
// `test` is the only one that comes without END.
enum class ReplyTopic : std::uint8_t { unknown, status, state, log, version, help, test };
ReplyTopic reply_topic(std::string_view first_line);

}  // namespace davylamp::openvpn
