#include "sources/openvpn/management_decoder.hpp"

#include <algorithm>
#include <array>

#include "sources/openvpn/decimal.hpp"
#include "sources/openvpn/management_reply.hpp"
#include "sources/openvpn/secrets.hpp"
#include "sources/openvpn/status_text.hpp"

namespace davylamp::openvpn {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view prompt = "ENTER PASSWORD:";
constexpr std::string_view bytes_of_client = ">BYTECOUNT_CLI:";

// Reads digits up to `end_mark` (or the end of the text when it is 0) and takes them off the front.
std::optional<std::uint64_t> take_number(std::string_view& text, char end_mark) {
  std::size_t length = 0;
  std::uint64_t value = 0;
  while (length < text.size()) {
    const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(text[length])) - '0';
    if (digit > 9) break;
    value = value * 10 + digit;
    ++length;
  }
  if (length == 0 || (end_mark != 0 ? length == text.size() || text[length] != end_mark : length != text.size()))
    return std::nullopt;
  constexpr std::size_t digits_that_cannot_overflow = 19;
  if (length > digits_that_cannot_overflow) {
    const auto checked = parse_decimal(text.substr(0, length));
    if (!checked) return std::nullopt;
    value = *checked;
  }
  text.remove_prefix(end_mark != 0 ? length + 1 : length);
  return value;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t comma = text.find(',');
  const std::string_view word = text.substr(0, comma);
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  return word;
}

// The part of an unknown notification that can be shown without showing a secret.
std::string_view tag_of(std::string_view text) {
  constexpr std::size_t longest = 32;
  constexpr std::string_view tag_symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return text.substr(0, std::min(text.find_first_not_of(tag_symbols), longest));
}

struct BlockName {
  std::string_view name;
  ClientEventKind kind;
  bool has_key_id;
};
constexpr std::array<BlockName, 5> block_names{{
    {"CONNECT", ClientEventKind::connect, true},
    {"REAUTH", ClientEventKind::reauth, true},
    {"ESTABLISHED", ClientEventKind::established, false},
    {"DISCONNECT", ClientEventKind::disconnect, false},
    {"CR_RESPONSE", ClientEventKind::cr_response, true},
}};

constexpr std::array notices{"ECHO"sv,   "INFOMSG"sv, "NOTIFY"sv,         "NEED-OK"sv,           "NEED-STR"sv,
                             "REMOTE"sv, "PROXY"sv,   "PKCS11ID-COUNT"sv, "REMOTE-ENTRY-COUNT"sv};
constexpr std::array notices_without_text{"PK_SIGN"sv, "RSA_SIGN"sv, "NEED-CERTIFICATE"sv, "PKCS11ID-ENTRY"sv};

}  // namespace

void ManagementDecoder::feed(std::string_view chunk) {
  while (!chunk.empty()) {
    if (discarding_ || !partial_.empty()) {
      feed_partial(chunk);
      continue;
    }
    chunk = take_prompts(chunk);
    const std::size_t line_end = chunk.find('\n');
    if (line_end == std::string_view::npos) {
      keep_partial(chunk);
      return;
    }
    if (line_end > most_line_bytes) {
      refuse_long_line();
      discarding_ = false;
    } else {
      read_line(chunk.substr(0, line_end));
    }
    chunk.remove_prefix(line_end + 1);
  }
}

std::string_view ManagementDecoder::take_prompts(std::string_view line_start) {
  while (line_start.starts_with(prompt)) {
    sink_.receive(PasswordPrompt{});
    line_start.remove_prefix(prompt.size());
  }
  return line_start;
}

// Continues a line whose beginning came with an earlier chunk.
void ManagementDecoder::feed_partial(std::string_view& chunk) {
  const std::size_t line_end = chunk.find('\n');
  const std::string_view piece = chunk.substr(0, line_end);
  if (discarding_) {
    chunk.remove_prefix(line_end == std::string_view::npos ? chunk.size() : line_end + 1);
    discarding_ = line_end == std::string_view::npos;
    return;
  }
  // While the line may still become a prompt it grows byte by byte, so that a prompt is seen at its last byte.
  if (line_end != 0 && partial_.size() < prompt.size() && prompt.starts_with(partial_)) {
    partial_ += chunk.front();
    chunk.remove_prefix(1);
    if (partial_ == prompt) {
      partial_.clear();
      sink_.receive(PasswordPrompt{});
    }
    return;
  }
  if (partial_.size() + piece.size() > most_line_bytes) {
    refuse_long_line();
    return;
  }
  partial_ += piece;
  if (line_end == std::string_view::npos) {
    chunk = {};
    return;
  }
  chunk.remove_prefix(line_end + 1);
  read_partial();
}

// The line moves out of the way first: the sink may reset the decoder.
void ManagementDecoder::read_partial() {
  current_.swap(partial_);
  partial_.clear();
  read_line(current_);
}

void ManagementDecoder::keep_partial(std::string_view rest) {
  if (rest.size() > most_line_bytes) {
    refuse_long_line();
    return;
  }
  partial_.assign(rest);
}

void ManagementDecoder::refuse_long_line() {
  ++line_;
  ++oversized_lines_;
  partial_.clear();
  discarding_ = true;
  problem("the line is longer than 16 KiB and was skipped");
}

void ManagementDecoder::finish() {
  if (!partial_.empty()) read_partial();
  discarding_ = false;
  verbatim_rows_ = false;
  if (block_ != Block::none) {
    problem("the connection ended inside an environment block");
    block_ = Block::none;
  }
}

void ManagementDecoder::reset() {
  partial_.clear();
  discarding_ = false;
  block_ = Block::none;
  verbatim_rows_ = false;
  environment_.clear();
  line_ = 0;
}

void ManagementDecoder::read_line(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with('>')) {
    if (line.starts_with(bytes_of_client)) return read_bytes_of_client(line.substr(bytes_of_client.size()));
    return read_asynchronous(line);
  }
  read_reply(line);
}

void ManagementDecoder::read_bytes_of_client(std::string_view text) {
  const auto client_id = take_number(text, ',');
  const auto rx = client_id ? take_number(text, ',') : std::nullopt;
  const auto tx = rx ? take_number(text, 0) : std::nullopt;
  if (!tx) return problem("BYTECOUNT_CLI does not hold three numbers");
  sink_.receive(ClientBytes{*client_id, *rx, *tx});
}

void ManagementDecoder::read_asynchronous(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 1) {
    sink_.receive(UnknownNotice{tag_of(line.substr(1))});
    return;
  }
  read_notification(line.substr(1, colon - 1), line.substr(colon + 1));
}

void ManagementDecoder::read_notification(std::string_view tag, std::string_view text) {
  if (tag == "CLIENT"sv) return read_client(text);
  if (tag == "LOG"sv) return read_log(text);
  if (tag == "STATE"sv) {
    if (const auto state = parse_state(text)) return sink_.receive(*state);
    return problem("STATE does not hold a time, a state and its columns");
  }
  if (tag == "BYTECOUNT"sv) return read_own_bytes(text);
  if (tag == "INFO"sv) return sink_.receive(Greeting{cleaned(text)});
  if (tag == "HOLD"sv) return sink_.receive(Hold{cleaned(text)});
  if (tag == "FATAL"sv) return sink_.receive(Fatal{cleaned(text)});
  if (tag == "PASSWORD"sv) return sink_.receive(PasswordRequest{without_secret(text)});
  if (tag == "UPDOWN"sv) return read_up_down(text);
  read_other(tag, text);
}

void ManagementDecoder::read_other(std::string_view tag, std::string_view text) {
  if (std::ranges::find(notices, tag) != notices.end()) return sink_.receive(Notice{tag, cleaned(text)});
  if (std::ranges::find(notices_without_text, tag) != notices_without_text.end()) return sink_.receive(Notice{tag, {}});
  sink_.receive(UnknownNotice{tag_of(tag)});
}

void ManagementDecoder::read_own_bytes(std::string_view text) {
  const auto rx = take_number(text, ',');
  const auto tx = rx ? take_number(text, 0) : std::nullopt;
  if (!tx) return problem("BYTECOUNT does not hold two numbers");
  sink_.receive(OwnBytes{*rx, *tx});
}

void ManagementDecoder::read_client(std::string_view text) {
  std::string_view rest = text;
  const std::string_view type = take_word(rest);
  if (type == "ENV"sv) return read_environment(Block::client, rest);
  if (type == "ADDRESS"sv) return read_client_address(rest);
  begin_client_block(type, rest);
}

void ManagementDecoder::begin_client_block(std::string_view type, std::string_view rest) {
  const auto* const name = std::ranges::find(block_names, type, &BlockName::name);
  if (name == block_names.end()) return problem("CLIENT is of an unknown type");
  open_block(Block::client);
  ClientEvent event;
  event.kind = name->kind;
  const auto client_id = parse_decimal(take_word(rest));
  if (name->has_key_id) event.key_id = parse_decimal(take_word(rest));
  if (!client_id || (name->has_key_id && !event.key_id)) {
    block_ = Block::none;
    return problem("CLIENT lacks its client id or key id");
  }
  event.client_id = *client_id;
  client_ = event;
}

void ManagementDecoder::read_client_address(std::string_view text) {
  const auto client_id = parse_decimal(take_word(text));
  const std::string_view address = take_word(text);
  if (!client_id || address.empty()) return problem("CLIENT:ADDRESS lacks its client id or address");
  sink_.receive(ClientAddress{*client_id, address, text == "1"sv});
}

void ManagementDecoder::read_up_down(std::string_view text) {
  if (text == "UP"sv || text == "DOWN"sv) {
    open_block(Block::up_down);
    up_ = text == "UP"sv;
    return;
  }
  constexpr std::string_view environment = "ENV,";
  if (text.starts_with(environment)) return read_environment(Block::up_down, text.substr(environment.size()));
  problem("UPDOWN is neither UP, DOWN nor ENV");
}

void ManagementDecoder::open_block(Block block) {
  if (block_ != Block::none)
    problem("an environment block began before the one in front of it ended; that one was skipped");
  environment_.clear();
  block_ = block;
}

void ManagementDecoder::read_environment(Block block, std::string_view assignment) {
  if (block_ != block) return problem("an environment line belongs to no block");
  if (assignment == "END"sv) return finish_block();
  if (!environment_.add(assignment)) problem("an environment line is not name=value");
}

void ManagementDecoder::finish_block() {
  const Block block = block_;
  block_ = Block::none;
  if (environment_.entries_dropped() != 0) problem("an environment block is too large; its last entries were dropped");
  if (block == Block::up_down) return sink_.receive(UpDown{up_, environment_.entries()});
  client_.environment = environment_.entries();
  client_.secrets_dropped = environment_.secrets_dropped();
  client_.entries_dropped = environment_.entries_dropped();
  sink_.receive(client_);
}

void ManagementDecoder::read_log(std::string_view text) {
  const auto log = parse_log(text);
  if (!log) return problem("LOG does not hold a time, flags and a text");
  sink_.receive(LogLine{log->at, log->flags, cleaned(log->text)});
}

void ManagementDecoder::read_reply(std::string_view line) {
  constexpr std::string_view success = "SUCCESS:";
  constexpr std::string_view error = "ERROR:";
  const auto text_behind = [&](std::string_view word) {
    std::string_view text = line.substr(word.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
    return cleaned(text);
  };
  if (line.starts_with(success)) {
    verbatim_rows_ = false;
    return sink_.receive(Success{text_behind(success)});
  }
  if (line.starts_with(error)) {
    verbatim_rows_ = false;
    return sink_.receive(CommandError{text_behind(error)});
  }
  if (line == "END"sv) {
    verbatim_rows_ = false;
    return sink_.receive(ReplyEnd{});
  }
  // Rows of other answers can echo secrets (`log all`), those of a status must stay as they are, whatever the names.
  const bool tagged = status_text::is_tagged(line);
  if (tagged) verbatim_rows_ = false;
  if (line == status_text::title1 || line == status_text::statistics_title) verbatim_rows_ = true;
  sink_.receive(ReplyLine{tagged || verbatim_rows_ ? line : cleaned(line)});
}

std::string_view ManagementDecoder::cleaned(std::string_view text) {
  const std::size_t secret = find_secret(text);
  if (secret == std::string_view::npos) return text;
  cleaned_.assign(text.substr(0, secret));
  cleaned_ += "[hidden]";
  return cleaned_;
}

void ManagementDecoder::problem(std::string_view what) {
  sink_.receive(DecodeProblem{line_, what});
}

}  // namespace davylamp::openvpn
