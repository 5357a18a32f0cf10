#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sources/openvpn/environment_block.hpp"
#include "sources/openvpn/management_message.hpp"

namespace davylamp::openvpn {

// Turns the bytes of a management socket into messages. The result does not depend on how the bytes are cut into
// chunks. Never throws on input; holds at most one line and one environment block. One thread.
//
// Rules it follows: lines end in CRLF or LF; a line beginning with `>` is asynchronous and may come at any place; the
// password prompt has no line end; a line longer than `most_line_bytes` is skipped up to its end and reported.
// Secrets (passwords, tokens, challenge answers) never leave it. The sink may call reset(), but not feed().
class ManagementDecoder {
 public:
  static constexpr std::size_t most_line_bytes = 16 * 1024;

  explicit ManagementDecoder(ManagementSink& sink) : sink_(sink) {}

  void feed(std::string_view chunk);
  // The connection ended: reports a line or block that was begun.
  void finish();
  // Forgets a line or block that was begun and starts counting lines anew: for the next connection.
  void reset();

  std::uint64_t lines() const { return line_; }
  std::uint64_t oversized_lines() const { return oversized_lines_; }

 private:
  enum class Block : std::uint8_t { none, client, up_down };

  std::string_view take_prompts(std::string_view line_start);
  void feed_partial(std::string_view& chunk);
  void read_partial();
  void keep_partial(std::string_view rest);
  void refuse_long_line();
  void read_line(std::string_view line);
  void read_asynchronous(std::string_view line);
  void read_notification(std::string_view tag, std::string_view text);
  void read_other(std::string_view tag, std::string_view text);
  void read_bytes_of_client(std::string_view text);
  void read_own_bytes(std::string_view text);
  void read_client(std::string_view text);
  void begin_client_block(std::string_view type, std::string_view rest);
  void read_client_address(std::string_view text);
  void read_up_down(std::string_view text);
  void read_environment(Block block, std::string_view assignment);
  void finish_block();
  void open_block(Block block);
  void read_log(std::string_view text);
  void read_reply(std::string_view line);
  // The text, or a copy of it that ends where a secret begins. Valid until the next call.
  std::string_view cleaned(std::string_view text);
  void problem(std::string_view what);

  ManagementSink& sink_;
  std::string partial_;  // the begun line
  std::string current_;  // the line being read, when it came in pieces
  bool discarding_ = false;
  std::uint64_t line_ = 0;
  std::uint64_t oversized_lines_ = 0;
  Block block_ = Block::none;
  ClientEvent client_;
  bool up_ = false;
  bool verbatim_rows_ = false;  // inside a status answer of version 1, whose rows have no tag
  EnvironmentBlock environment_;
  std::string cleaned_;
};

}  // namespace davylamp::openvpn
