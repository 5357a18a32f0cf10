#include "sources/ipsec/vici_message.hpp"

#include <algorithm>

namespace davylamp::ipsec {
namespace {

enum class Element : std::uint8_t { section_start = 1, section_end, key_value, list_start, list_item, list_end };

bool has_name(PacketType type) {
  return type == PacketType::request || type == PacketType::event_register || type == PacketType::event_unregister ||
         type == PacketType::event;
}

unsigned byte_of(char byte) {
  return static_cast<unsigned char>(byte);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool read_section(Node& section, unsigned depth) {
    while (!bytes_.empty()) {
      const auto element = static_cast<Element>(byte_of(bytes_.front()));
      bytes_.remove_prefix(1);
      if (element == Element::section_end) return depth > 0;
      auto& child = section.children.emplace_back();
      if (!take_name(child.name)) return false;
      if (element == Element::section_start) {
        if (depth + 1 >= most_depth || !read_section(child, depth + 1)) return false;
      } else if (element == Element::key_value) {
        child.kind = Node::Kind::value;
        if (!take_value(child.value)) return false;
      } else if (element != Element::list_start || !read_list(child)) {
        return false;
      }
    }
    return depth == 0;
  }

 private:
  bool read_list(Node& list) {
    list.kind = Node::Kind::list;
    while (!bytes_.empty()) {
      const auto element = static_cast<Element>(byte_of(bytes_.front()));
      bytes_.remove_prefix(1);
      if (element == Element::list_end) return true;
      if (element != Element::list_item || !take_value(list.items.emplace_back())) return false;
    }
    return false;
  }
  bool take_name(std::string& name) {
    if (bytes_.empty()) return false;
    return take(1, byte_of(bytes_[0]), name);
  }
  bool take_value(std::string& value) {
    if (bytes_.size() < 2) return false;
    return take(2, byte_of(bytes_[0]) << 8U | byte_of(bytes_[1]), value);
  }
  bool take(std::size_t head, std::size_t size, std::string& into) {
    if (bytes_.size() < head + size) return false;
    into = bytes_.substr(head, size);
    bytes_.remove_prefix(head + size);
    return true;
  }

  std::string_view bytes_;
};

void add_name(std::string& out, Element element, std::string_view name) {
  name = name.substr(0, 0xff);
  out += static_cast<char>(element);
  out += static_cast<char>(name.size());
  out += name;
}

void add_value(std::string& out, std::string_view value) {
  value = value.substr(0, 0xffff);
  out += static_cast<char>(value.size() >> 8U);
  out += static_cast<char>(value.size() & 0xffU);
  out += value;
}

void add_children(std::string& out, const Node& section) {
  for (const auto& child : section.children) {
    if (child.kind == Node::Kind::value) {
      add_name(out, Element::key_value, child.name);
      add_value(out, child.value);
    } else if (child.kind == Node::Kind::list) {
      add_name(out, Element::list_start, child.name);
      for (const auto& item : child.items) {
        out += static_cast<char>(Element::list_item);
        add_value(out, item);
      }
      out += static_cast<char>(Element::list_end);
    } else {
      add_name(out, Element::section_start, child.name);
      add_children(out, child);
      out += static_cast<char>(Element::section_end);
    }
  }
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &Node::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view Node::text(std::string_view wanted) const {
  const auto* found = find(wanted);
  return found == nullptr ? std::string_view{} : std::string_view(found->value);
}

std::optional<Packet> read_packet(std::string_view bytes) {
  if (bytes.empty() || byte_of(bytes[0]) > byte_of(static_cast<char>(PacketType::event))) return std::nullopt;
  Packet packet;
  packet.type = static_cast<PacketType>(bytes[0]);
  bytes.remove_prefix(1);
  if (has_name(packet.type)) {
    if (bytes.empty() || bytes.size() < 1 + byte_of(bytes[0])) return std::nullopt;
    packet.name = bytes.substr(1, byte_of(bytes[0]));
    bytes.remove_prefix(1 + packet.name.size());
  }
  packet.body = bytes;
  return packet;
}

std::string to_packet(PacketType type, std::string_view name, std::string_view body) {
  name = name.substr(0, 0xff);
  std::string packet(4, '\0');
  packet += static_cast<char>(type);
  if (has_name(type)) {
    packet += static_cast<char>(name.size());
    packet += name;
  }
  packet += body;
  const auto size = packet.size() - 4;
  for (unsigned i = 0; i < 4; ++i) packet[i] = static_cast<char>(size >> (24U - 8U * i) & 0xffU);
  return packet;
}

Framed next_packet(std::string_view stream) {
  if (stream.size() < 4) return {};
  std::size_t size = 0;
  for (unsigned i = 0; i < 4; ++i) size = size << 8U | byte_of(stream[i]);
  if (size == 0 || size > most_packet_bytes) return {.packet = {}, .taken = 0, .broken = true};
  if (stream.size() < 4 + size) return {};
  return {.packet = stream.substr(4, size), .taken = 4 + size, .broken = false};
}

std::optional<Node> read_message(std::string_view body) {
  Node root;
  if (!Reader(body).read_section(root, 0)) return std::nullopt;
  return root;
}

std::string to_message(const Node& root) {
  std::string body;
  add_children(body, root);
  return body;
}

}  // namespace davylamp::ipsec
