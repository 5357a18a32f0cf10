// One line from davylamp-hook to the daemon, as a datagram or in the spool:
//   davylamp1 TAB kind TAB name=value TAB name=value ... LF
// In values, control bytes and `%` are written as %XX; all else, also bytes above 127, stays as it is. Names are those
// of OpenVPN's environment. Unknown names are skipped, so that a newer hook can speak to an older daemon.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace davylamp::hook {

enum class Kind : std::uint8_t { accepted, refused, disconnected };

enum class Field : std::uint8_t {
  common_name,
  username,
  time_unix,
  trusted_ip,
  trusted_ip6,
  trusted_port,
  virtual_ip,
  virtual_ip6,
  bytes_received,
  bytes_sent,
  time_duration,
  daemon_pid,
  dev_type,
  proto_1,
  proto_2,
  iv_ver,
  iv_gui_ver,
  iv_plat,
  why,    // of a refusal: "quota", "blocked"
  at_ms,  // when the hook ran: UNIX milliseconds
};
inline constexpr std::size_t field_count = 20;

// Of OpenVPN's environment, except the last two.
inline constexpr std::array<const char*, field_count> field_names{"common_name",
                                                                  "username",
                                                                  "time_unix",
                                                                  "trusted_ip",
                                                                  "trusted_ip6",
                                                                  "trusted_port",
                                                                  "ifconfig_pool_remote_ip",
                                                                  "ifconfig_pool_remote_ip6",
                                                                  "bytes_received",
                                                                  "bytes_sent",
                                                                  "time_duration",
                                                                  "daemon_pid",
                                                                  "dev_type",
                                                                  "proto_1",
                                                                  "proto_2",
                                                                  "IV_VER",
                                                                  "IV_GUI_VER",
                                                                  "IV_PLAT",
                                                                  "why",
                                                                  "at_ms"};

// Whatever OpenVPN can put into its environment fits: names have at most 4095 bytes, other values 256.
inline constexpr std::size_t most_message_bytes = 64 * 1024;

// An empty value is one that is not there. The views belong to whoever made the message.
struct Message {
  Kind kind = Kind::accepted;
  std::array<std::string_view, field_count> values{};

  std::string_view operator[](Field field) const { return values[static_cast<std::size_t>(field)]; }
  std::string_view& operator[](Field field) { return values[static_cast<std::size_t>(field)]; }
};

// The username if the client sent one, else its common name, else "UNDEF": whom limits and blocks are about.
std::string_view user_of(std::string_view common_name, std::string_view username);

// The line, line feed included, at the beginning of `into`; empty when it does not fit.
std::string_view encode(const Message& message, std::span<char> into);

// Reads a line without its line feed. Writes into `line`: the views of the message point there. Nothing when it is not
// a message of this version, or a value is written in a way that encode() does not write.
std::optional<Message> decode(std::span<char> line);

}  // namespace davylamp::hook
