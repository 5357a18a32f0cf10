#include "sources/openvpn/hook_message.hpp"

#include <limits>
#include <string>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

using hook::Field;

// Seconds that a Time can hold.
constexpr std::uint64_t latest_second = 253'402'300'799;

std::optional<std::uint64_t> number(const hook::Message& message, Field field) {
  return base::parse_number<std::uint64_t>(message[field]);
}

std::optional<std::string> text(const hook::Message& message, Field field) {
  const auto value = message[field];
  return value.empty() || value == "UNDEF" ? std::nullopt : std::optional<std::string>(value);
}

std::optional<model::Address> address(const hook::Message& message, Field v4, Field v6) {
  const auto value = message[v4].empty() ? message[v6] : message[v4];
  const auto parsed = model::Address::parse(value);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<model::Endpoint> real_address(const hook::Message& message) {
  const auto from = address(message, Field::trusted_ip, Field::trusted_ip6);
  if (!from) return std::nullopt;
  return model::Endpoint{*from, base::parse_number<std::uint16_t>(message[Field::trusted_port])};
}

std::string protocol_of(std::string_view name) {
  if (name.starts_with("udp")) return "udp";
  return name.starts_with("tcp") ? "tcp" : "";
}

// A server with several sockets (2.7) does not say which of them the client uses.
std::string transport(const hook::Message& message) {
  const auto first = protocol_of(message[Field::proto_1]);
  return message[Field::proto_2].empty() || protocol_of(message[Field::proto_2]) == first ? first : "";
}

model::PeerFacts facts_of(const hook::Message& message, base::Time connected_at) {
  model::PeerFacts facts;
  facts.connected_at = connected_at;
  facts.common_name = text(message, Field::common_name);
  facts.username = text(message, Field::username);
  facts.user = hook::user_of(message[Field::common_name], message[Field::username]);
  facts.transport = transport(message);
  facts.real = real_address(message);
  facts.virtual_address = address(message, Field::virtual_ip, Field::virtual_ip);
  facts.virtual_address6 = address(message, Field::virtual_ip6, Field::virtual_ip6);
  const auto shown = text(message, Field::iv_gui_ver);
  facts.client_version = shown ? shown : text(message, Field::iv_ver);
  facts.platform = text(message, Field::iv_plat);
  return facts;
}

}  // namespace

std::uint64_t hook_client(const hook::Message& message) {
  std::string key;
  for (const auto field : {Field::time_unix, Field::trusted_ip, Field::trusted_ip6, Field::trusted_port,
                           Field::common_name, Field::username, Field::daemon_pid}) {
    key += message[field];
    key += '\n';
  }
  return std::hash<std::string>{}(key);
}

std::optional<model::PeerFinal> hook_final(const hook::Message& message) {
  const auto began = number(message, Field::time_unix);
  const auto rx_bytes = number(message, Field::bytes_received);
  const auto tx_bytes = number(message, Field::bytes_sent);
  const auto seconds = number(message, Field::time_duration).value_or(0);
  if (!began || !rx_bytes || !tx_bytes || *began > latest_second || seconds > latest_second - *began)
    return std::nullopt;
  const auto connected_at = base::from_unix_seconds(static_cast<std::int64_t>(*began));
  return model::PeerFinal{.facts = facts_of(message, connected_at),
                          .counters = {*rx_bytes, *tx_bytes},
                          .ended_at = connected_at + base::Seconds{static_cast<std::int64_t>(seconds)}};
}

model::LoginRefused hook_refusal(const hook::Message& message) {
  return {.user = std::string(hook::user_of(message[Field::common_name], message[Field::username])),
          .real = real_address(message),
          .place = {},
          .why = std::string(message[Field::why])};
}

bool hook_tells_of_session(const hook::Message& message) {
  return !message[Field::virtual_ip].empty() || !message[Field::virtual_ip6].empty() ||
         message[Field::dev_type] == "tap";
}

}  // namespace davylamp::openvpn
