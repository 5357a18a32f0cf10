#include <array>
#include <span>

#include "app/decode/decode_wireguard.hpp"
#include "base/text.hpp"
#include "io/netlink_messages.hpp"
#include "sources/wireguard/kernel_decoder.hpp"
#include "sources/wireguard/tool_text.hpp"
#include "sources/wireguard/uapi_decoder.hpp"

namespace davylamp::app {
namespace {

using wireguard::Device;
using wireguard::Peer;

std::string in_brackets(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const auto& text : texts) {
    if (list.size() > 1) list += ',';
    base::json::append(list, text);
  }
  return list + "]";
}

// What every line is counted in, whichever format it came from.
class Lines {
 public:
  Lines(std::string_view format, JsonLines& out) : format_(format), out_(out) {}

  void interface(const JsonLine& line) {
    ++interfaces_;
    out_.write(line);
  }
  void peer(const JsonLine& line, std::uint64_t rx_bytes, std::uint64_t tx_bytes) {
    ++peers_;
    rx_bytes_ += rx_bytes;
    tx_bytes_ += tx_bytes;
    out_.write(line);
  }
  void problem(JsonLine line, std::string_view what) {
    ++problems_;
    out_.write(line.add("what", what));
  }
  DecodeOutcome finish() {
    out_.write(JsonLine("summary")
                   .add("format", format_)
                   .add("interfaces", interfaces_)
                   .add("peers", peers_)
                   .add("rx_bytes", rx_bytes_)
                   .add("tx_bytes", tx_bytes_)
                   .add("problems", problems_));
    if (interfaces_ + peers_ == 0) return DecodeOutcome::unreadable;
    return problems_ == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
  }

 private:
  std::string_view format_;
  JsonLines& out_;
  std::uint64_t interfaces_ = 0;
  std::uint64_t peers_ = 0;
  std::uint64_t rx_bytes_ = 0;
  std::uint64_t tx_bytes_ = 0;
  std::uint64_t problems_ = 0;
};

void add_endpoint(JsonLine& line, const std::optional<model::Endpoint>& endpoint) {
  if (endpoint) line.add("real_address", endpoint->address.to_string()).add("real_port", endpoint->port);
}

JsonLine peer_line(const Device& device, const Peer& peer) {
  JsonLine line("peer");
  line.add_unless_empty("interface", device.interface).add("public_key", peer.public_key.to_base64());
  add_endpoint(line, peer.endpoint);
  std::vector<std::string> allowed;
  for (const auto& prefix : device.allowed_of(peer)) allowed.push_back(prefix.to_text());
  line.add_json("allowed_ips", in_brackets(allowed));
  if (peer.handshake_ns != 0) {
    line.add("handshake_at",
             base::Time{std::chrono::floor<base::Milliseconds>(std::chrono::nanoseconds{peer.handshake_ns})});
  }
  line.add("rx_bytes", peer.rx_bytes).add("tx_bytes", peer.tx_bytes);
  if (peer.keepalive_seconds != 0) line.add("keepalive_seconds", peer.keepalive_seconds);
  return line;
}

void write_device(const Device& device, Lines& lines) {
  JsonLine line("interface");
  line.add_unless_empty("interface", device.interface);
  if (device.public_key) line.add("public_key", device.public_key->to_base64());
  line.add("listen_port", device.listen_port);
  if (device.fwmark != 0) line.add("fwmark", device.fwmark);
  lines.interface(line);
  for (const auto& peer : device.peers) {
    lines.peer(peer_line(device, peer), peer.rx_bytes, peer.tx_bytes);
  }
  if (device.problems > 0) {
    lines.problem(JsonLine("problem").add("times", device.problems), device.first_problem);
  }
}

// Of a dialogue, what the interface said: requests stand among the answers, and those that set something hold keys.
// `S: ` and `C: `, or `< ` and `> `, may tell who spoke.
std::string answers_in(std::string_view bytes) {
  std::string answers;
  bool in_request = false;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    auto line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("C:") || line.starts_with('>') || line.starts_with('#')) continue;
    const bool marked = line.starts_with("S:") || line.starts_with('<');
    if (marked) line = base::trim(line.substr(line.starts_with('<') ? 1 : 2));
    if (!marked && (line == "get=1" || line == "set=1")) in_request = true;
    // The empty line behind errno= is easily lost on the way into a file.
    if (!in_request) answers.append(line) += line.starts_with("errno=") ? "\n\n" : "\n";
    if (line.empty()) in_request = false;
  }
  return answers;
}

DecodeOutcome decode_uapi(std::string_view bytes, JsonLines& out) {
  Lines lines("uapi", out);
  const auto answers = answers_in(bytes);
  std::string_view left = answers;
  while (!base::trim(left).empty()) {
    while (left.starts_with('\n')) left.remove_prefix(1);
    Device device;
    wireguard::UapiDecoder decoder(device);
    left.remove_prefix(decoder.take(left));
    const auto error = decoder.error();
    // The answer to `set=1` is its errno alone.
    if (device.listen_port != 0 || !device.peers.empty() || device.problems > 0) write_device(device, lines);
    if (error.value_or(0) != 0) {
      lines.problem(JsonLine("problem").add("errno", *error), "the interface answered with an error");
    } else if (!error) {
      lines.problem(JsonLine("problem"), "an answer without its end");
    }
    if (!decoder.finished()) break;
  }
  return lines.finish();
}

DecodeOutcome decode_netlink(std::string_view bytes, JsonLines& out) {
  Lines lines("netlink", out);
  Device device;
  std::optional<wireguard::KernelDecoder> decoder(std::in_place, device);
  const auto finish = [&] {
    if (decoder->messages() > 0 || device.problems > 0) write_device(device, lines);
    if (decoder->error() != 0)
      lines.problem(JsonLine("problem").add("errno", decoder->error()), "the kernel answered with an error");
    device.clear();
    decoder.emplace(device);
  };
  const bool whole = io::for_each_message(std::as_bytes(std::span(bytes)), [&](const io::NetlinkMessage& message) {
    const auto header = sizeof(nlmsghdr);
    decoder->take({message.body.data() - header, message.body.size() + header});
    if (decoder->finished()) finish();
  });
  finish();
  if (!whole) lines.problem(JsonLine("problem"), "the recording ends within a message");
  return lines.finish();
}

class TextLines : public wireguard::TextReceiver {
 public:
  explicit TextLines(Lines& lines) : lines_(lines) {}

  void on(const wireguard::TextInterface& interface) override {
    JsonLine line("interface");
    line.add_unless_empty("interface", interface.interface)
        .add_unless_empty("public_key", interface.public_key)
        .add("listen_port", interface.listen_port)
        .add("fwmark", interface.fwmark);
    lines_.interface(line);
  }
  void on(const wireguard::TextPeer& peer) override {
    JsonLine line("peer");
    line.add_unless_empty("interface", peer.interface).add("public_key", peer.public_key);
    add_endpoint(line, peer.endpoint);
    line.add_json("allowed_ips", in_brackets({peer.allowed_ips.begin(), peer.allowed_ips.end()}))
        .add("handshake_at", peer.handshake_at)
        .add("handshake_age_seconds", peer.handshake_age_seconds)
        .add("rx_bytes", peer.rx_bytes)
        .add("tx_bytes", peer.tx_bytes);
    if (peer.rounded) line.add("rounded", true);
    if (peer.keepalive_seconds != 0) line.add("keepalive_seconds", peer.keepalive_seconds);
    lines_.peer(line, peer.rx_bytes, peer.tx_bytes);
  }
  void on(const wireguard::TextProblem& problem) override {
    lines_.problem(JsonLine("problem").add("line", problem.line), problem.what);
  }

 private:
  Lines& lines_;
};

bool has_line(std::string_view bytes, std::string_view beginning) {
  return bytes.starts_with(beginning) || bytes.contains("\n" + std::string(beginning));
}

// Texts hold no zero bytes; in a netlink message the upper half of a length is one.
bool is_netlink(std::string_view bytes) {
  return bytes.size() >= 16 && bytes.substr(0, 16).contains('\0');
}

bool is_uapi(std::string_view bytes) {
  constexpr std::array<std::string_view, 6> words{
      "private_key=", "public_key=", "listen_port=", "errno=", "get=1", "set=1"};
  for (const auto word : words) {
    for (const std::string_view who : {"", "S: ", "C: ", "< ", "> "}) {
      if (has_line(bytes, std::string(who) + std::string(word))) return true;
    }
  }
  return false;
}

}  // namespace

DecodeOutcome decode_wireguard(std::string_view bytes, JsonLines& out) {
  if (is_netlink(bytes)) return decode_netlink(bytes, out);
  if (is_uapi(bytes)) return decode_uapi(bytes, out);
  const bool shown = has_line(bytes, "interface: ") || has_line(bytes, "peer: ") || bytes.contains("\x1b[");
  Lines lines(shown ? "show" : "dump", out);
  TextLines receiver(lines);
  if (shown) {
    wireguard::read_show(bytes, receiver);
  } else {
    wireguard::read_dump(bytes, receiver);
  }
  return lines.finish();
}

}  // namespace davylamp::app
