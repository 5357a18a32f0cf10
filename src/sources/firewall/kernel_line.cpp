#include "sources/firewall/kernel_line.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> flag_names{
    {{"FIN", fin}, {"SYN", syn}, {"RST", rst}, {"PSH", psh}, {"ACK", ack}, {"URG", urg}, {"ECE", ece}, {"CWR", cwr}}};

// Where the fields begin: "IN=" at the start, behind a blank or glued to the prefix, but not that of "PHYSIN=".
std::optional<std::size_t> find_fields(std::string_view message) {
  for (auto at = message.find("IN="); at != std::string_view::npos; at = message.find("IN=", at + 1)) {
    if (at >= 4 && message.substr(at - 4, 4) == "PHYS") continue;
    const auto end = message.find(' ', at);
    if (end == std::string_view::npos) return std::nullopt;
    const auto behind = message.substr(end + 1);
    if (behind.starts_with("OUT=")) return at;
    const bool stands_alone = at == 0 || message[at - 1] == ' ' || message[at - 1] == ':' || message[at - 1] == ']';
    if (stands_alone && (behind.find(" SRC=") != std::string_view::npos || behind.starts_with("SRC="))) return at;
  }
  return std::nullopt;
}

std::string_view take_token(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto end = std::min(text.find(' '), text.size());
  const auto token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

// "[SRC=...]" is a packet inside an ICMP error, "(020405B4...)" the options of IP or TCP.
bool skip_enclosed(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with('[') && !text.starts_with('(')) return false;
  const auto end = text.find(text[0] == '[' ? ']' : ')');
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return true;
}

template <class T>
void take_number(std::optional<T>& target, std::string_view value) {
  if (!target) target = base::parse_number<T>(value);
}

struct Reading {
  Packet packet;
  std::string_view source;
  std::string_view destination;
  std::string_view protocol;
  bool link_layer = false;  // ARP
};

void take_text(std::string_view& target, std::string_view value) {
  if (target.empty()) target = value;
}

void take_port(std::string_view key, std::string_view value, Packet& packet) {
  take_number(key == "SPT" ? packet.source_port : packet.destination_port, value);
}

void take_spi(std::string_view value, Packet& packet) {
  if (packet.spi || !value.starts_with("0x")) return;
  std::uint32_t spi = 0;
  const auto [end, error] = std::from_chars(value.data() + 2, value.data() + value.size(), spi, 16);
  if (error == std::errc{} && end == value.data() + value.size()) packet.spi = spi;
}

void take_field(std::string_view key, std::string_view value, Reading& reading) {
  auto& packet = reading.packet;
  if (key == "IN") return take_text(packet.in_interface, value);
  if (key == "OUT") return take_text(packet.out_interface, value);
  if (key == "MAC" || key == "MACSRC") return take_text(packet.hardware, value);
  if (key == "SRC" || key == "IPSRC") return take_text(reading.source, value);
  if (key == "DST" || key == "IPDST") return take_text(reading.destination, value);
  if (key == "PROTO") return take_text(reading.protocol, value);
  if (key == "SPT" || key == "DPT") return take_port(key, value, packet);
  if (key == "LEN") return take_number(packet.length, value);
  if (key == "TTL" || key == "HOPLIMIT") return take_number(packet.hops, value);
  if (key == "TYPE") return take_number(packet.icmp_type, value);
  if (key == "CODE") return take_number(packet.icmp_code, value);
  if (key == "SPI") return take_spi(value, packet);
}

void take_word(std::string_view word, Reading& reading) {
  if (word == "ARP") reading.link_layer = true;
  for (const auto& [name, flag] : flag_names) {
    if (word == name) reading.packet.tcp_flags = static_cast<std::uint8_t>(reading.packet.tcp_flags | flag);
  }
}

base::Result<Packet> finish(Reading reading) {
  if (reading.source.empty() && reading.destination.empty() && !reading.link_layer)
    return base::fail("no_addresses", "a firewall's line without addresses: it was cut off");
  for (auto [text, target] : {std::pair(reading.source, &reading.packet.source),
                              std::pair(reading.destination, &reading.packet.destination)}) {
    if (text.empty()) continue;
    auto address = model::Address::parse(text);
    if (!address) return base::fail("bad_address", "'" + std::string(text) + "' is no address");
    *target = *address;
  }
  if (!reading.protocol.empty()) reading.packet.protocol = protocol_of(reading.protocol).value_or(255);
  return reading.packet;
}

}  // namespace

std::optional<base::Result<Packet>> read_kernel_line(std::string_view message) {
  const auto begin = find_fields(message);
  if (!begin) return std::nullopt;
  Reading reading;
  reading.packet.prefix = base::trim(message.substr(0, *begin));
  auto rest = message.substr(*begin);
  while (!rest.empty()) {
    if (skip_enclosed(rest)) continue;
    const auto token = take_token(rest);
    const auto equals = token.find('=');
    if (equals == std::string_view::npos) {
      take_word(token, reading);
    } else {
      take_field(token.substr(0, equals), token.substr(equals + 1), reading);
    }
  }
  return finish(reading);
}

}  // namespace davylamp::firewall
