#include "app/decode/decode_vici.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "sources/ipsec/security_association.hpp"
#include "sources/ipsec/swanctl_text.hpp"
#include "sources/ipsec/vici_message.hpp"

namespace davylamp::app {
namespace {

using ipsec::Child;
using ipsec::Ike;
using ipsec::Node;
using ipsec::PacketType;

void append_texts(std::string& json, const std::vector<std::string>& texts) {
  json += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) json += ',';
    base::json::append(json, base::to_utf8(texts[i]));
  }
  json += ']';
}

std::string in_brackets(const std::vector<std::string>& texts) {
  std::string json;
  append_texts(json, texts);
  return json;
}

// Keys that come twice stand twice.
void append_node(std::string& json, const Node& node) {
  if (node.kind == Node::Kind::value) return base::json::append(json, base::to_utf8(node.value));
  if (node.kind == Node::Kind::list) return append_texts(json, node.items);
  json += '{';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) json += ',';
    base::json::append(json, base::to_utf8(node.children[i].name));
    json += ':';
    append_node(json, node.children[i]);
  }
  json += '}';
}

// What every line is counted in, whichever format it came from.
class Lines {
 public:
  Lines(std::string_view format, JsonLines& out) : format_(format), out_(out) {}

  void message(const JsonLine& line) {
    ++messages_;
    out_.write(line);
  }
  void ike(const Ike& ike, std::string_view role, std::optional<bool> expected = {});
  void problem(JsonLine line, std::string_view what) {
    ++problems_;
    out_.write(line.add("what", what));
  }
  DecodeOutcome finish() {
    out_.write(JsonLine("summary")
                   .add("format", format_)
                   .add("messages", messages_)
                   .add("ikes", ikes_)
                   .add("children", children_)
                   .add("rx_bytes", rx_bytes_)
                   .add("tx_bytes", tx_bytes_)
                   .add("problems", problems_));
    if (messages_ + ikes_ == 0) return DecodeOutcome::unreadable;
    return problems_ == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
  }

 private:
  void child(const Ike& ike, const Child& child);

  std::string_view format_;
  JsonLines& out_;
  std::uint64_t messages_ = 0;
  std::uint64_t ikes_ = 0;
  std::uint64_t children_ = 0;
  std::uint64_t rx_bytes_ = 0;
  std::uint64_t tx_bytes_ = 0;
  std::uint64_t problems_ = 0;
};

void Lines::ike(const Ike& ike, std::string_view role, std::optional<bool> expected) {
  ++ikes_;
  JsonLine line("ike");
  line.add_unless_empty("role", role).add_unless_empty("connection", ike.connection);
  if (ike.unique_id != 0) line.add("unique_id", ike.unique_id);
  line.add_unless_empty("version", ike.version)
      .add_unless_empty("state", ike.state)
      .add_unless_empty("user", ike.user())
      .add_unless_empty("remote_id", ike.remote_id)
      .add_unless_empty("remote_login", ike.remote_login);
  const auto remote = ike.remote();
  line.add_unless_empty("real_address", remote ? remote->address.to_string() : ike.remote_host)
      .add("real_port", ike.remote_port);
  if (!ike.remote_virtual.empty()) line.add_json("virtual_addresses", in_brackets(ike.remote_virtual));
  line.add_unless_empty("local_id", ike.local_id)
      .add_unless_empty("local_address", ike.local_host)
      .add("local_port", ike.local_port);
  if (!ike.local_virtual.empty()) line.add_json("local_virtual_addresses", in_brackets(ike.local_virtual));
  if (ike.initiator) line.add("initiator", true);
  if (ike.behind_nat) line.add("behind_nat", true);
  line.add_unless_empty("cipher", ike.cipher).add("established_seconds", ike.established_seconds);
  if (expected) line.add("expected", *expected);
  out_.write(line);
  for (const auto& each : ike.children) child(ike, each);
  if (ike.problems > 0) problem(JsonLine("problem").add("times", ike.problems), "a number that is none");
}

void Lines::child(const Ike& ike, const Child& child) {
  ++children_;
  rx_bytes_ += child.bytes_in.value_or(0);
  tx_bytes_ += child.bytes_out.value_or(0);
  JsonLine line("child");
  line.add_unless_empty("connection", ike.connection);
  if (ike.unique_id != 0) line.add("ike_unique_id", ike.unique_id);
  line.add_unless_empty("name", child.name);
  if (child.unique_id != 0) line.add("unique_id", child.unique_id);
  line.add_unless_empty("state", child.state)
      .add_unless_empty("mode", child.mode)
      .add_unless_empty("protocol", child.protocol);
  if (child.encapsulated) line.add("encapsulated", true);
  line.add_unless_empty("spi_in", child.spi_in)
      .add_unless_empty("spi_out", child.spi_out)
      .add_unless_empty("cipher", child.cipher)
      .add("rx_bytes", child.bytes_in)
      .add("rx_packets", child.packets_in)
      .add("rx_idle_seconds", child.idle_in_seconds)
      .add("tx_bytes", child.bytes_out)
      .add("tx_packets", child.packets_out)
      .add("tx_idle_seconds", child.idle_out_seconds)
      .add("installed_seconds", child.installed_seconds);
  if (!child.local_selectors.empty()) line.add_json("local_selectors", in_brackets(child.local_selectors));
  if (!child.remote_selectors.empty()) line.add_json("remote_selectors", in_brackets(child.remote_selectors));
  out_.write(line);
}

bool tells_of_ikes(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"list-sa",      "ike-updown",  "ike-rekey",
                                                  "child-updown", "child-rekey", "ike-update"};
  return std::ranges::find(names, name) != names.end();
}

void write_content(JsonLine line, std::string_view name, const Node& content, Lines& lines) {
  if (!tells_of_ikes(name)) {
    if (!content.children.empty()) {
      std::string json;
      append_node(json, content);
      line.add_json("content", json);
    }
    return lines.message(line);
  }
  const auto report = ipsec::read_report(content);
  if (name.ends_with("-updown")) line.add("up", report.up);
  lines.message(line);
  for (const auto& ike : report.replaced) lines.ike(ike, "old");
  for (const auto& ike : report.ikes) lines.ike(ike, report.replaced.empty() ? "" : "new");
}

void write_packet(std::string_view bytes, std::size_t offset, Lines& lines) {
  constexpr std::array<std::string_view, 8> types{
      "request",          "response",      "unknown_request", "event_register",
      "event_unregister", "event_confirm", "event_unknown",   "event"};
  const auto packet = ipsec::read_packet(bytes);
  if (!packet) return lines.problem(JsonLine("problem").add("offset", offset), "a packet that VICI does not know");
  JsonLine line("message");
  line.add("type", types.at(static_cast<std::size_t>(packet->type)));
  line.add_unless_empty("name", base::to_utf8(packet->name));
  const auto content = ipsec::read_message(packet->body);
  if (!content) {
    lines.message(line);
    return lines.problem(JsonLine("problem").add("offset", offset), "a message that is not whole");
  }
  write_content(std::move(line), packet->type == PacketType::event ? packet->name : "", *content, lines);
}

DecodeOutcome decode_packets(std::string_view bytes, JsonLines& out) {
  Lines lines("vici", out);
  std::size_t offset = 0;
  while (offset < bytes.size()) {
    const auto framed = ipsec::next_packet(bytes.substr(offset));
    if (framed.taken == 0 || framed.broken) {
      const auto* what = framed.broken ? "no length of VICI's" : "the recording ends within a packet";
      lines.problem(JsonLine("problem").add("offset", offset), what);
      break;
    }
    write_packet(framed.packet, offset, lines);
    offset += framed.taken;
  }
  return lines.finish();
}

DecodeOutcome decode_printed(std::string_view bytes, JsonLines& out) {
  Lines lines("swanctl", out);
  std::vector<ipsec::PrintedProblem> problems;
  for (const auto& message : ipsec::read_printed(bytes, problems)) {
    const std::string_view heading = message.heading;
    const auto space = heading.rfind(' ');
    const auto name = heading.substr(0, space);
    JsonLine line("message");
    if (space != std::string_view::npos) line.add("type", base::to_utf8(heading.substr(space + 1)));
    line.add_unless_empty("name", base::to_utf8(name));
    write_content(std::move(line), name, message.content, lines);
  }
  for (const auto& problem : problems) lines.problem(JsonLine("problem").add("line", problem.line), problem.what);
  return lines.finish();
}

DecodeOutcome decode_table(std::string_view bytes, JsonLines& out) {
  Lines lines("list-sas", out);
  std::vector<ipsec::PrintedProblem> problems;
  for (const auto& ike : ipsec::read_list_sas(bytes, problems)) lines.ike(ike, "");
  for (const auto& problem : problems) lines.problem(JsonLine("problem").add("line", problem.line), problem.what);
  return lines.finish();
}

// "YES<tab>test<tab>pattern"
DecodeOutcome decode_patterns(std::string_view bytes, JsonLines& out) {
  Lines lines("patterns", out);
  std::size_t number = 0;
  for (auto line : base::split(bytes, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto columns = base::split(line, '\t');
    if (columns.size() != 3) {
      lines.problem(JsonLine("problem").add("line", number), "not three columns");
      continue;
    }
    for (const auto& ike : ipsec::read_report(ipsec::read_pattern(columns[2])).ikes) {
      lines.ike(ike, "", columns[0] == "YES");
    }
  }
  return lines.finish();
}

}  // namespace

DecodeOutcome decode_vici(std::string_view bytes, JsonLines& out) {
  // Texts hold no zero bytes; the length of a packet begins with one.
  if (bytes.substr(0, 4).contains('\0')) return decode_packets(bytes, out);
  if (bytes.starts_with("YES\t") || bytes.starts_with("NO\t")) return decode_patterns(bytes, out);
  if (bytes.contains('{')) return decode_printed(bytes, out);
  return decode_table(bytes, out);
}

}  // namespace davylamp::app
