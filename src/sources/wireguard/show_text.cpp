#include <array>
#include <cmath>
#include <string>

#include "base/text.hpp"
#include "sources/wireguard/tool_text.hpp"

namespace davylamp::wireguard {
namespace {

struct Unit {
  std::string_view name;
  double size;
};
constexpr std::array<Unit, 5> volumes{
    {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"TiB", 1099511627776}}};
constexpr std::array<Unit, 10> spans{{{"second", 1},
                                      {"seconds", 1},
                                      {"minute", 60},
                                      {"minutes", 60},
                                      {"hour", 3600},
                                      {"hours", 3600},
                                      {"day", 86400},
                                      {"days", 86400},
                                      {"year", 365.0 * 86400},
                                      {"years", 365.0 * 86400}}};

std::optional<double> decimal_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

// "1.50 MiB" times its unit.
template <std::size_t N>
std::optional<double> amount_of(std::string_view text, const std::array<Unit, N>& units) {
  text = base::trim(text);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto value = decimal_of(text.substr(0, space));
  const auto name = base::trim(text.substr(space));
  for (const auto& unit : units) {
    if (value && unit.name == name && *value * unit.size < 1.8e19) return *value * unit.size;
  }
  return std::nullopt;
}

// "1 minute, 3 seconds"
std::optional<std::int64_t> seconds_of(std::string_view text) {
  double seconds = 0;
  for (const auto part : base::split(text, ',')) {
    const auto amount = amount_of(part, spans);
    if (!amount || seconds + *amount > 1e15) return std::nullopt;
    seconds += *amount;
  }
  return static_cast<std::int64_t>(seconds);
}

// Colours of a terminal: ESC [ ... m.
std::string without_colours(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    while (i < text.size() && text[i] != 'm' && text[i] != '\n') ++i;
  }
  return plain;
}

class ShowReader {
 public:
  explicit ShowReader(TextReceiver& receiver) : receiver_(receiver) {}

  void line(std::string_view text) {
    ++line_;
    text = base::trim(text);
    if (text.empty()) return;
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) return problem("a line that is no `name: value`");
    const auto name = text.substr(0, colon);
    const auto value = base::trim(text.substr(colon + 1));
    if (name == "interface" || name == "peer") {
      finish();
      if (name == "interface") {
        interface_.emplace().interface = value;
        name_ = value;
      } else {
        peer_.emplace().interface = name_;
        peer_->public_key = value;
      }
    } else if (peer_) {
      peer_word(name, value);
    } else if (interface_) {
      interface_word(name, value);
    } else {
      problem("a line outside any interface");
    }
  }

  void finish() {
    if (interface_) receiver_.on(*interface_);
    if (peer_) receiver_.on(*peer_);
    interface_.reset();
    peer_.reset();
  }

 private:
  void problem(std::string_view what) { receiver_.on(TextProblem{line_, what}); }

  void interface_word(std::string_view name, std::string_view value) {
    if (name == "public key") {
      interface_->public_key = value;
    } else if (name == "listening port") {
      interface_->listen_port = base::parse_number<std::uint16_t>(value);
      if (!interface_->listen_port) problem("a port above 65535");
    } else if (name == "fwmark") {
      std::uint32_t mark = 0;
      const auto digits = value.substr(value.starts_with("0x") ? 2 : 0);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mark, 16);
      if (error != std::errc{} || end != digits.data() + digits.size()) return problem("a mark that is no number");
      interface_->fwmark = mark;
    }
  }

  void peer_word(std::string_view name, std::string_view value) {
    if (name == "preshared key") return;
    if (name == "endpoint") {
      peer_->endpoint = parse_endpoint(value);
      if (!peer_->endpoint) problem("an endpoint that is no address and port");
    } else if (name == "allowed ips") {
      if (value == "(none)") return;
      for (const auto part : base::split(value, ',')) {
        peer_->allowed_ips.push_back(base::trim(part));
        if (!parse_allowed_ip(peer_->allowed_ips.back())) problem("an allowed prefix that is none");
      }
    } else if (name == "latest handshake") {
      handshake(value);
    } else if (name == "transfer") {
      transfer(value);
    } else if (name == "persistent keepalive") {
      constexpr std::string_view every = "every ";
      const auto seconds = value.starts_with(every) ? seconds_of(value.substr(every.size())) : std::nullopt;
      if (!seconds) return problem("a keepalive that is no span");
      peer_->keepalive_seconds = static_cast<std::uint32_t>(*seconds);
    }
  }

  void handshake(std::string_view value) {
    constexpr std::string_view ago = " ago";
    if (value == "Now") {
      peer_->handshake_age_seconds = 0;
      return;
    }
    if (value.ends_with(ago)) peer_->handshake_age_seconds = seconds_of(value.substr(0, value.size() - ago.size()));
    if (!peer_->handshake_age_seconds) problem("a handshake whose age is no span");
  }

  void transfer(std::string_view value) {
    constexpr std::string_view received = " received";
    constexpr std::string_view sent = " sent";
    const auto comma = value.find(',');
    const auto first = base::trim(value.substr(0, comma));
    const auto second = comma == std::string_view::npos ? std::string_view{} : base::trim(value.substr(comma + 1));
    if (!first.ends_with(received) || !second.ends_with(sent)) return problem("a transfer that says no volumes");
    const auto rx = amount_of(first.substr(0, first.size() - received.size()), volumes);
    const auto tx = amount_of(second.substr(0, second.size() - sent.size()), volumes);
    if (!rx || !tx) return problem("a transfer that says no volumes");
    peer_->rx_bytes = static_cast<std::uint64_t>(*rx);
    peer_->tx_bytes = static_cast<std::uint64_t>(*tx);
    peer_->rounded = value.contains("iB");
  }

  TextReceiver& receiver_;
  std::uint64_t line_ = 0;
  std::string_view name_;
  std::optional<TextInterface> interface_;
  std::optional<TextPeer> peer_;
};

}  // namespace

void read_show(std::string_view text, TextReceiver& receiver) {
  const std::string plain = text.contains('\x1b') ? without_colours(text) : std::string{};
  if (!plain.empty()) text = plain;
  ShowReader reader(receiver);
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  reader.finish();
}

}  // namespace davylamp::wireguard
