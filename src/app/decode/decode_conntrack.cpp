#include "app/decode/decode_conntrack.hpp"

#include <netinet/in.h>

#include <cstring>
#include <span>

#include "base/hexadecimal.hpp"
#include "base/text.hpp"
#include "witness/conntrack/ctnetlink.hpp"

namespace davylamp::app {
namespace {

using conntrack::Attribute;
using conntrack::Entry;
using conntrack::MessageKind;

constexpr std::size_t netlink_header_bytes = 16;

// A message's length of printable characters would be half a gigabyte.
bool is_recording(std::string_view bytes) {
  std::uint32_t size = 0;
  if (bytes.size() < netlink_header_bytes) return false;
  std::memcpy(&size, bytes.data(), sizeof size);
  return size >= netlink_header_bytes && size < (1U << 24U);
}

std::string protocol_name(std::uint8_t number) {
  switch (number) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_ICMP:
      return "icmp";
    case IPPROTO_ICMPV6:
      return "icmpv6";
    case IPPROTO_GRE:
      return "gre";
    case IPPROTO_SCTP:
      return "sctp";
    case IPPROTO_DCCP:
      return "dccp";
    case IPPROTO_UDPLITE:
      return "udplite";
    default:
      return "unknown";
  }
}

TrackedWay way_of(const conntrack::Tuple& tuple) {
  TrackedWay way;
  if (tuple.family != 0) {
    way.source = tuple.source().to_string();
    way.destination = tuple.destination().to_string();
  }
  if (tuple.has_ports) {
    way.source_port = tuple.source_port;
    way.destination_port = tuple.destination_port;
  }
  if (tuple.has_icmp) {
    way.icmp_type = tuple.icmp_type;
    way.icmp_code = tuple.icmp_code;
    way.icmp_id = tuple.icmp_id;
  }
  if (tuple.zone != 0) way.zone = tuple.zone;
  return way;
}

template <class T>
void set_when(bool told, std::optional<T>& target, std::uint64_t value) {
  if (told) target = static_cast<T>(value);
}

std::optional<double> seconds_of(std::uint64_t nanoseconds) {
  if (nanoseconds == 0) return std::nullopt;
  const auto milliseconds = nanoseconds / 1'000'000;
  return static_cast<double>(milliseconds) / 1000.0;
}

std::string_view state_of(const Entry& entry) {
  if (!entry.has(Attribute::protocol_state)) return {};
  if (entry.original.protocol == IPPROTO_SCTP) return conntrack::sctp_state_name(entry.protocol_state);
  return entry.original.protocol == IPPROTO_TCP ? conntrack::tcp_state_name(entry.protocol_state) : std::string_view{};
}

void set_counters(TrackedConnection& connection, const Entry& entry) {
  set_when(entry.has(Attribute::counters_original), connection.original.packets, entry.original_counted.packets);
  set_when(entry.has(Attribute::counters_original), connection.original.bytes, entry.original_counted.bytes);
  set_when(entry.has(Attribute::counters_reply), connection.reply.packets, entry.reply_counted.packets);
  set_when(entry.has(Attribute::counters_reply), connection.reply.bytes, entry.reply_counted.bytes);
}

TrackedConnection connection_of(const Entry& entry, MessageKind kind) {
  TrackedConnection connection;
  connection.event = kind == MessageKind::begun     ? "new"
                     : kind == MessageKind::changed ? "update"
                     : kind == MessageKind::ended   ? "destroy"
                                                    : "";
  connection.at = seconds_of(entry.event_nanoseconds);
  connection.family = entry.original.family == AF_INET6 ? "ipv6" : entry.original.family == AF_INET ? "ipv4" : "";
  connection.protocol = protocol_name(entry.original.protocol);
  connection.protocol_number = entry.original.protocol;
  connection.original = way_of(entry.original);
  connection.reply = way_of(entry.reply);
  connection.state = state_of(entry);
  set_counters(connection, entry);
  set_when(entry.has(Attribute::timeout), connection.timeout_seconds, entry.timeout_seconds);
  set_when(entry.has(Attribute::mark), connection.mark, entry.mark);
  set_when(entry.has(Attribute::zone), connection.zone, entry.zone);
  set_when(entry.has(Attribute::id), connection.id, entry.id);
  set_when(entry.has(Attribute::use), connection.use, entry.use);
  if (entry.has(Attribute::status)) {
    connection.status = entry.status;
    connection.unreplied = (entry.status & conntrack::status::seen_reply) == 0;
    connection.assured = (entry.status & conntrack::status::assured) != 0;
    connection.offloaded = (entry.status & (conntrack::status::offload | conntrack::status::hardware_offload)) != 0;
  }
  connection.started_at = seconds_of(entry.start_nanoseconds);
  connection.stopped_at = seconds_of(entry.stop_nanoseconds);
  connection.helper = base::to_utf8(entry.helper);
  connection.security_context = base::to_utf8(entry.security_context);
  connection.labels = base::hexadecimal(entry.labels);
  return connection;
}

// Numbers of problems are of messages.
void decode_recording(std::string_view bytes, ConntrackLines& out) {
  auto rest = std::as_bytes(std::span(bytes));
  conntrack::Message message;
  for (std::size_t number = 1; next_message(rest, message); ++number) {
    switch (message.kind) {
      case MessageKind::listed:
      case MessageKind::begun:
      case MessageKind::changed:
      case MessageKind::ended: {
        const auto connection = connection_of(message.entry, message.kind);
        const auto fault = connection.original.source.empty() ? connection.fault() : std::nullopt;
        if (fault) {
          out.problem(number, *fault + " was skipped");
        } else {
          out.connection(connection);
        }
        break;
      }
      case MessageKind::expectation:
        out.expectation("", {});
        break;
      case MessageKind::failed:
        out.note("the kernel answered with error " + std::to_string(message.error));
        break;
      case MessageKind::malformed:
        out.problem(number, "a message whose lengths contradict each other was skipped");
        break;
      case MessageKind::done:
        break;
      case MessageKind::other:
        out.note("a message that tells no connection");
        break;
    }
  }
}

bool is_xml(std::string_view text) {
  const auto head = base::trim(text.substr(0, 4096));
  return head.starts_with("<?xml") || head.starts_with("<conntrack") || head.starts_with("<flow") ||
         head.starts_with("<expect");
}

}  // namespace

DecodeOutcome decode_conntrack(std::string_view bytes, JsonLines& out) {
  ConntrackLines lines(out);
  if (is_recording(bytes)) {
    decode_recording(bytes, lines);
    return lines.finish("netlink");
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const bool xml = is_xml(bytes);
  xml ? decode_conntrack_xml(bytes, lines) : decode_conntrack_text(bytes, lines);
  return lines.finish(xml ? "xml" : "text");
}

}  // namespace davylamp::app
