#include <algorithm>

#include "base/text.hpp"
#include "sources/wireguard/tool_text.hpp"

namespace davylamp::wireguard {
namespace {

using Fields = std::vector<std::string_view>;

Fields fields_of(std::string_view line) {
  if (line.contains('\t')) return base::split(line, '\t');
  auto fields = base::split(line, ' ');
  std::erase_if(fields, [](std::string_view field) { return field.empty(); });
  return fields;
}

std::string_view unless_none(std::string_view text) {
  return text == "(none)" ? std::string_view{} : text;
}

std::optional<std::uint32_t> mark_of(std::string_view text) {
  if (!text.starts_with("0x")) return base::parse_number<std::uint32_t>(text);
  std::uint32_t mark = 0;
  const auto digits = text.substr(2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mark, 16);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(mark) : std::nullopt;
}

class DumpReader {
 public:
  explicit DumpReader(TextReceiver& receiver) : receiver_(receiver) {}

  void line(std::string_view text) {
    ++line_;
    if (base::trim(text).empty()) return;
    auto fields = fields_of(text);
    // An interface has its port where a peer has its endpoint, or its prefixes: that tells them apart, with and without
    // the interface's name in front, whatever kindred programs put behind.
    if (fields.size() == 9 && is_endpoint(fields[3])) return peer(fields[0], Fields(fields.begin() + 1, fields.end()));
    if (fields.size() == 8 && is_endpoint(fields[2])) return peer({}, fields);
    if (fields.size() >= 4 && is_port(fields[2])) return interface({}, fields);
    if (fields.size() >= 5 && is_port(fields[3])) return interface(fields[0], Fields(fields.begin() + 1, fields.end()));
    problem("neither an interface nor a peer");
  }

 private:
  static bool is_endpoint(std::string_view text) { return text == "(none)" || text.contains(':'); }
  static bool is_port(std::string_view text) { return base::parse_number<std::uint32_t>(text).has_value(); }
  void problem(std::string_view what) { receiver_.on(TextProblem{line_, what}); }

  void interface(std::string_view name, const Fields& fields) {
    TextInterface interface{name, unless_none(fields[1]), base::parse_number<std::uint16_t>(fields[2]), {}};
    if (!interface.listen_port) problem("a port above 65535");
    const auto mark = fields.back();
    if (mark != "off") interface.fwmark = mark_of(mark);
    if (mark != "off" && !interface.fwmark) problem("a mark that is no number");
    receiver_.on(interface);
  }

  void peer(std::string_view name, const Fields& fields) {
    TextPeer peer;
    peer.interface = name;
    peer.public_key = fields[0];
    const auto handshake = base::parse_number<std::int64_t>(fields[4]);
    const auto rx = base::parse_number<std::uint64_t>(fields[5]);
    const auto tx = base::parse_number<std::uint64_t>(fields[6]);
    if (!handshake || !rx || !tx) return problem("a peer whose handshake or counters are no numbers");
    if (*handshake != 0) peer.handshake_at = handshake;
    peer.rx_bytes = *rx;
    peer.tx_bytes = *tx;
    if (fields[2] != "(none)") {
      peer.endpoint = parse_endpoint(fields[2]);
      if (!peer.endpoint) problem("an endpoint that is no address and port");
    }
    if (!unless_none(fields[3]).empty()) peer.allowed_ips = base::split(fields[3], ',');
    if (std::ranges::any_of(peer.allowed_ips, [](std::string_view text) { return !parse_allowed_ip(text); }))
      problem("an allowed prefix that is none");
    const auto keepalive = base::parse_number<std::uint32_t>(fields[7]);
    if (!keepalive && fields[7] != "off") problem("a keepalive that is no number of seconds");
    peer.keepalive_seconds = keepalive.value_or(0);
    receiver_.on(peer);
  }

  TextReceiver& receiver_;
  std::uint64_t line_ = 0;
};

}  // namespace

void read_dump(std::string_view text, TextReceiver& receiver) {
  DumpReader reader(receiver);
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reader.line(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace davylamp::wireguard
