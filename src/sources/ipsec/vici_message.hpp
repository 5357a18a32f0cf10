// Parses: the wire of strongSwan's VICI (src/libcharon/plugins/vici/README.md). Pure; never throws on input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::ipsec {

// One element of a message: a key with its value, a list, or a section of further ones. The order is the sender's.
struct Node {
  enum class Kind { section, value, list };
  Kind kind = Kind::section;
  std::string name;
  std::string value;
  std::vector<std::string> items;
  std::vector<Node> children;

  // Of a section; nothing when it has none of that name. Valid as long as the node is not changed.
  const Node* find(std::string_view name) const;
  // The value of a child; empty when there is none.
  std::string_view text(std::string_view name) const;
  bool operator==(const Node&) const = default;
};

constexpr std::size_t most_packet_bytes = std::size_t{512} * 1024;  // VICI's own bound
constexpr unsigned most_depth = 16;

enum class PacketType : std::uint8_t {
  request,
  response,
  unknown_request,
  event_register,
  event_unregister,
  event_confirm,
  event_unknown,
  event,
};
struct Packet {
  PacketType type{};
  std::string_view name;  // of requests, registrations and events
  std::string_view body;
};

// A packet, without its length in front. Nothing when it is none.
std::optional<Packet> read_packet(std::string_view bytes);
// With its length in front. `name` is at most 255 bytes; left out where the type has none.
std::string to_packet(PacketType type, std::string_view name, std::string_view body = {});

// The first packet of a stream. `bytes` of `taken` 0: more is needed; `broken`: what stands there is no length of
// VICI's.
struct Framed {
  std::string_view packet;
  std::size_t taken = 0;
  bool broken = false;
};
Framed next_packet(std::string_view stream);

// The root is a section without a name. Nothing when the message is not whole, too deep, or does not close.
std::optional<Node> read_message(std::string_view body);
// What is longer than the wire can say is cut.
std::string to_message(const Node& root);

}  // namespace davylamp::ipsec
