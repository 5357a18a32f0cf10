#include "sources/wireguard/uapi_decoder.hpp"

#include <limits>

#include "base/text.hpp"

namespace davylamp::wireguard {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t most_seconds = std::numeric_limits<std::int64_t>::max() / second_ns - 1;

}  // namespace

std::size_t UapiDecoder::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (!finished_) {
    const auto end = bytes.find('\n', taken);
    if (end == std::string_view::npos) break;
    auto text = bytes.substr(taken, end - taken);
    if (text.ends_with('\r')) text.remove_suffix(1);
    line(text);
    taken = end + 1;
  }
  return taken;
}

void UapiDecoder::line(std::string_view line) {
  if (line.empty()) {
    finished_ = error_.has_value();
    return;
  }
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) {
    device_.note_problem("a line that is no name=value");
    return;
  }
  const auto name = line.substr(0, equals);
  const auto value = line.substr(equals + 1);
  if (name == "errno") {
    const auto error = base::parse_number<int>(value);
    if (!error) device_.note_problem("errno is no number");
    error_ = error.value_or(-1);
    return;
  }
  if (name == "public_key") {
    const auto key = Key::from_hex(value);
    in_peer_ = true;
    skip_peer_ = !key;
    if (!key) {
      device_.note_problem("a public key that is not 64 hexadecimal digits");
      return;
    }
    auto& peer = device_.peers.emplace_back();
    peer.public_key = *key;
    peer.first_allowed = static_cast<std::uint32_t>(device_.allowed_ips.size());
    return;
  }
  if (!in_peer_) {
    device_word(name, value);
  } else if (!skip_peer_) {
    peer_word(name, value);
  }
}

template <class T>
void UapiDecoder::number(std::string_view value, T& into, std::string_view what) {
  const auto parsed = base::parse_number<T>(value);
  if (parsed) {
    into = *parsed;
  } else {
    device_.note_problem(what);
  }
}

void UapiDecoder::device_word(std::string_view name, std::string_view value) {
  if (name == "private_key") return;
  if (name == "listen_port") {
    number(value, device_.listen_port, "listen_port is no port");
  } else if (name == "fwmark") {
    number(value, device_.fwmark, "fwmark is no number");
  } else {
    // Newer and kindred programs say more (AmneziaWG: jc, jmin, h1 ...); that is no problem.
    if (name.empty()) device_.note_problem("a line without a name");
  }
}

void UapiDecoder::handshake_part(std::string_view value, bool nanoseconds) {
  std::int64_t part = 0;
  number(value, part, "a handshake's time is no number");
  if (part < 0 || part > (nanoseconds ? second_ns - 1 : most_seconds)) {
    device_.note_problem("a handshake's time is out of range");
    return;
  }
  device_.peers.back().handshake_ns += nanoseconds ? part : part * second_ns;
}

void UapiDecoder::peer_word(std::string_view name, std::string_view value) {
  auto& peer = device_.peers.back();
  if (name == "preshared_key") return;
  if (name == "allowed_ip") {
    const auto allowed = parse_allowed_ip(value);
    if (!allowed) return device_.note_problem("an allowed_ip that is no prefix");
    device_.allowed_ips.push_back(*allowed);
    ++peer.allowed_count;
  } else if (name == "rx_bytes") {
    number(value, peer.rx_bytes, "rx_bytes is no number");
  } else if (name == "tx_bytes") {
    number(value, peer.tx_bytes, "tx_bytes is no number");
  } else if (name == "endpoint") {
    peer.endpoint = parse_endpoint(value);
    if (!peer.endpoint) device_.note_problem("an endpoint that is no address and port");
  } else if (name == "last_handshake_time_sec") {
    handshake_part(value, false);
  } else if (name == "last_handshake_time_nsec") {
    handshake_part(value, true);
  } else if (name == "persistent_keepalive_interval") {
    number(value, peer.keepalive_seconds, "a keepalive that is no number of seconds");
  } else if (name == "protocol_version") {
    number(value, peer.protocol, "a protocol version that is no number");
  } else if (name.empty()) {
    device_.note_problem("a line without a name");
  }
}

}  // namespace davylamp::wireguard
