#include <cmath>

#include "app/decode/decode_conntrack.hpp"
#include "base/text.hpp"
#include "model/address.hpp"

namespace davylamp::app {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// One member of an object, built like a JsonLine without its braces.
class Nested {
 public:
  template <class T>
  Nested& add(std::string_view name, const std::optional<T>& value) {
    if (value) put(name, *value);
    return *this;
  }
  Nested& add_unless_empty(std::string_view name, const std::string& value) {
    if (!value.empty()) put(name, std::string_view(value));
    return *this;
  }
  template <class T>
  void put(std::string_view name, const T& value) {
    text_ += text_.size() > 1 ? "," : "";
    base::json::append(text_, name);
    text_ += ':';
    base::json::append(text_, value);
  }
  std::string finish() { return std::move(text_) + '}'; }

 private:
  std::string text_ = "{";
};

std::string way_json(const TrackedWay& way) {
  return Nested()
      .add_unless_empty("source", way.source)
      .add_unless_empty("destination", way.destination)
      .add("source_port", way.source_port)
      .add("destination_port", way.destination_port)
      .add("icmp_type", way.icmp_type)
      .add("icmp_code", way.icmp_code)
      .add("icmp_id", way.icmp_id)
      .add_unless_empty("source_key", way.source_key)
      .add_unless_empty("destination_key", way.destination_key)
      .add("zone", way.zone)
      .add("packets", way.packets)
      .add("bytes", way.bytes)
      .finish();
}

// A name that comes twice keeps its last value.
std::string members_json(const Members& members) {
  Nested nested;
  for (std::size_t i = 0; i < members.size(); ++i) {
    bool repeated = false;
    for (std::size_t later = i + 1; later < members.size(); ++later)
      repeated = repeated || members[later].first == members[i].first;
    if (!repeated) nested.put(members[i].first, members[i].second);
  }
  return nested.finish();
}

template <class T>
bool read_number(std::optional<T>& target, std::string_view value, std::string_view name, std::string& fault) {
  target = base::parse_number<T>(value);
  if (!target) fault = std::string(name) + " is no number: " + base::printable(value.substr(0, 40));
  return true;
}

bool read_address(std::string& target, std::string_view value, std::string_view name, std::string& fault) {
  const auto address = model::Address::parse(value);
  if (!address) fault = std::string(name) + " is no address: " + base::printable(value.substr(0, 60));
  if (address) target = address->to_string();
  return true;
}

bool needs_ports(std::string_view protocol) {
  return protocol == "tcp" || protocol == "udp" || protocol == "sctp" || protocol == "dccp" || protocol == "udplite";
}

}  // namespace

bool take_tuple_member(TrackedWay& way, std::string_view name, std::string_view value, std::string& fault) {
  if (name == "src") return read_address(way.source, value, name, fault);
  if (name == "dst") return read_address(way.destination, value, name, fault);
  if (name == "sport") return read_number(way.source_port, value, name, fault);
  if (name == "dport") return read_number(way.destination_port, value, name, fault);
  if (name == "type") return read_number(way.icmp_type, value, name, fault);
  if (name == "code") return read_number(way.icmp_code, value, name, fault);
  if (name == "packets") return read_number(way.packets, value, name, fault);
  if (name == "bytes") return read_number(way.bytes, value, name, fault);
  if (name == "srckey") return way.source_key = base::to_utf8(value), true;
  if (name == "dstkey") return way.destination_key = base::to_utf8(value), true;
  return false;
}

std::optional<std::string> TrackedConnection::fault() const {
  if (protocol.empty() && !protocol_number) return "a connection without a protocol";
  if (original.source.empty() || original.destination.empty()) return "a connection without its addresses";
  if (reply.source.empty() || reply.destination.empty()) return "a connection without the addresses of its answers";
  if (!needs_ports(protocol)) return std::nullopt;
  for (const auto* way : {&original, &reply})
    if (!way->source_port || !way->destination_port) return "a connection without its ports";
  return std::nullopt;
}

void ConntrackLines::connection(const TrackedConnection& connection) {
  ++connections_;
  const auto packets = connection.original.packets.value_or(0) + connection.reply.packets.value_or(0);
  const auto bytes = connection.original.bytes.value_or(0) + connection.reply.bytes.value_or(0);
  packets_ += packets;
  bytes_ += bytes;
  JsonLine line("connection");
  line.add_unless_empty("event", connection.event)
      .add("at", connection.at)
      .add_unless_empty("family", connection.family)
      .add_unless_empty("protocol", connection.protocol)
      .add("protocol_number", connection.protocol_number)
      .add("timeout_seconds", connection.timeout_seconds)
      .add_unless_empty("state", connection.state)
      .add_json("original", way_json(connection.original))
      .add_json("reply", way_json(connection.reply));
  if (connection.original.packets || connection.reply.packets) line.add("packets", packets);
  if (connection.original.bytes || connection.reply.bytes) line.add("bytes", bytes);
  if (connection.unreplied) line.add("unreplied", true);
  if (connection.assured) line.add("assured", true);
  if (connection.offloaded) line.add("offloaded", true);
  line.add("status", connection.status)
      .add("mark", connection.mark)
      .add("zone", connection.zone)
      .add("id", connection.id)
      .add("use", connection.use)
      .add("duration_seconds", connection.duration_seconds)
      .add("started_at", connection.started_at)
      .add("stopped_at", connection.stopped_at)
      .add_unless_empty("helper", connection.helper)
      .add_unless_empty("security_context", connection.security_context)
      .add_unless_empty("labels", connection.labels);
  if (!connection.other.empty()) line.add_json("other", members_json(connection.other));
  if (!connection.words.empty()) line.add("words", connection.words);
  out_.write(line);
}

void ConntrackLines::expectation(std::string_view event, const Members& members) {
  ++expectations_;
  JsonLine line("expectation");
  line.add_unless_empty("event", event).add_json("told", members_json(members));
  out_.write(line);
}

void ConntrackLines::statistics(const std::vector<std::pair<std::string, std::uint64_t>>& members) {
  ++statistics_;
  Nested nested;
  for (const auto& [name, value] : members) nested.put(name, value);
  out_.write(JsonLine("statistics").add_json("counts", nested.finish()));
}

void ConntrackLines::note(std::string_view text) {
  ++notes_;
  out_.write(JsonLine("note").add("text", text));
}

void ConntrackLines::problem(std::size_t line, std::string_view what) {
  ++problems_;
  out_.write(JsonLine("problem").add("line", line).add("what", what));
}

DecodeOutcome ConntrackLines::finish(std::string_view format) {
  out_.write(JsonLine("summary")
                 .add("format", format)
                 .add("connections", connections_)
                 .add("packets", packets_)
                 .add("bytes", bytes_)
                 .add("expectations", expectations_)
                 .add("statistics", statistics_)
                 .add("notes", notes_)
                 .add("problems", problems_));
  if (connections_ + expectations_ + statistics_ + notes_ == 0) return DecodeOutcome::unreadable;
  return problems_ == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
}

}  // namespace davylamp::app
