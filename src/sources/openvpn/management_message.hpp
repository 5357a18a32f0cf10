#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

// What comes out of an OpenVPN management socket. All views and spans are valid during the callback only.
// Text is raw bytes: not necessarily UTF-8, and chosen by peers in part.
namespace davylamp::openvpn {

// `>BYTECOUNT_CLI:CID,IN,OUT`: absolute counters of one client; rx is what the server received from it.
struct ClientBytes {
  std::uint64_t client_id = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
};

// `>BYTECOUNT:IN,OUT`: the counters of a client process of its own.
struct OwnBytes {
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
};

enum class ClientEventKind : std::uint8_t { connect, reauth, established, disconnect, cr_response };

struct EnvironmentEntry {
  std::string_view name;
  std::string_view value;
};

// A whole `>CLIENT:` block. Secrets are not among the entries: see is_secret_name(). The answer of a CR_RESPONSE is
// never kept either.
struct ClientEvent {
  ClientEventKind kind = ClientEventKind::connect;
  std::uint64_t client_id = 0;
  std::optional<std::uint64_t> key_id;
  std::span<const EnvironmentEntry> environment;
  std::size_t secrets_dropped = 0;
  std::size_t entries_dropped = 0;  // beyond the limits of a block

  // The value of an entry; empty when there is none of this name.
  std::optional<std::string_view> find(std::string_view name) const {
    for (const EnvironmentEntry& entry : environment) {
      if (entry.name == name) return entry.value;
    }
    return std::nullopt;
  }
};

// `>CLIENT:ADDRESS,CID,ADDR,PRI`
struct ClientAddress {
  std::uint64_t client_id = 0;
  std::string_view address;
  bool primary = false;
};

// `>STATE:` and the rows of the `state` reply; 4 to 9 columns, those a version does not have are empty.
struct StateChange {
  std::int64_t at = 0;  // UNIX seconds; of CONNECTED: the start of the server's epoch
  std::string_view state;
  std::string_view detail;
  std::string_view tunnel_address;
  std::string_view remote_address;
  std::string_view remote_port;
  std::string_view local_address;
  std::string_view local_port;
  std::string_view tunnel_address6;
};

struct LogLine {
  std::int64_t at = 0;
  std::string_view flags;
  std::string_view text;
};

// `>INFO:`: the greeting. Until it came the interface is taken by somebody else.
struct Greeting {
  std::string_view text;
};

// `>HOLD:`: the server waits for `hold release`.
struct Hold {
  std::string_view text;
};

// `>FATAL:`: the process ends; the socket is closed next.
struct Fatal {
  std::string_view text;
};

// `>PASSWORD:`: OpenVPN wants a secret, or one was wrong. Tokens and challenges are cut off.
struct PasswordRequest {
  std::string_view text;
};

// `>UPDOWN:UP` or `DOWN` with its environment, without secrets.
struct UpDown {
  bool up = false;
  std::span<const EnvironmentEntry> environment;
};

// Any other known notification: ECHO, INFOMSG, NOTIFY, NEED-OK, NEED-STR, NEED-CERTIFICATE, REMOTE, PROXY, PK_SIGN,
// RSA_SIGN, PKCS11ID-COUNT, PKCS11ID-ENTRY. The text of the signing requests is not kept.
struct Notice {
  std::string_view tag;
  std::string_view text;
};

// A notification this program does not know: newer than it, or garbage.
struct UnknownNotice {
  std::string_view tag;
};

// `ENTER PASSWORD:`, which comes without a line end.
struct PasswordPrompt {};

struct Success {
  std::string_view text;
};

struct CommandError {
  std::string_view text;
};

// A line of an answer of several lines, and its end. The rows of a `status` answer are the input of read_status().
struct ReplyLine {
  std::string_view text;
};
struct ReplyEnd {};

// Something that could not be read. It was skipped; what follows is not affected.
struct DecodeProblem {
  std::uint64_t line = 0;  // 1-based, counted from the start of the connection
  std::string_view what;
};

using ManagementMessage = std::variant<ClientBytes, OwnBytes, ClientEvent, ClientAddress, StateChange, LogLine,
                                       Greeting, Hold, Fatal, PasswordRequest, UpDown, Notice, UnknownNotice,
                                       PasswordPrompt, Success, CommandError, ReplyLine, ReplyEnd, DecodeProblem>;

class ManagementSink {
 public:
  virtual ~ManagementSink() = default;
  virtual void receive(const ManagementMessage& message) = 0;
};

}  // namespace davylamp::openvpn
