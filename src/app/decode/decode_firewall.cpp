#include <array>
#include <chrono>

#include "app/decode/decode.hpp"
#include "base/text.hpp"
#include "sources/firewall/kernel_line.hpp"
#include "sources/firewall/log_line.hpp"
#include "sources/firewall/nflog_message.hpp"

namespace davylamp::app {
namespace {

using firewall::Packet;

struct Tally {
  std::uint64_t packets = 0;
  std::uint64_t problems = 0;
  std::uint64_t others = 0;  // lines that are about something else
  std::uint64_t lost = 0;    // as the numbers of messages tell
};

std::vector<std::string> flags_of(std::uint8_t flags) {
  constexpr std::array<std::string_view, 8> names{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::vector<std::string> set;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((flags >> i & 1U) != 0) set.emplace_back(names[i]);
  }
  return set;
}

std::string printed(std::string_view text) {
  return base::to_utf8(text);
}

void add_packet(JsonLine& line, const Packet& packet) {
  line.add("prefix", printed(packet.prefix))
      .add_unless_empty("in_interface", printed(packet.in_interface))
      .add_unless_empty("out_interface", printed(packet.out_interface))
      .add_unless_empty("hardware", printed(packet.hardware))
      .add("source", packet.source)
      .add("source_port", packet.source_port)
      .add("destination", packet.destination)
      .add("destination_port", packet.destination_port)
      .add_unless_empty("protocol", firewall::protocol_name(packet.protocol))
      .add("protocol_number", packet.protocol)
      .add("length", packet.length)
      .add("ttl", packet.hops);
  if (packet.tcp_flags != 0) line.add("flags", flags_of(packet.tcp_flags));
  line.add("icmp_type", packet.icmp_type).add("icmp_code", packet.icmp_code).add("spi", packet.spi);
}

void add_problem(JsonLines& out, Tally& tally, std::uint64_t line, std::string_view what) {
  ++tally.problems;
  out.write(JsonLine("problem").add("line", line).add("what", what));
}

// Of a record that /dev/kmsg gives only the kernel's own lines count; so do lines that name no program.
void take_line(std::string_view text, std::uint64_t number, JsonLines& out, Tally& tally) {
  const auto line = firewall::read_log_line(text);
  const auto packet = firewall::read_kernel_line(line.message);
  if (!packet) {
    if (base::trim(text).empty()) return;
    ++tally.others;
    add_problem(out, tally, number, "not a line of a firewall: " + printed(text.substr(0, 200)));
    return;
  }
  if (!*packet) {
    add_problem(out, tally, number, printed(packet->error().message));
    return;
  }
  ++tally.packets;
  JsonLine json("packet");
  json.add("line", number);
  if (line.time) {
    const auto now = std::chrono::floor<base::Milliseconds>(std::chrono::system_clock::now());
    json.add("at", firewall::to_time(*line.time, now, std::nullopt));
    if (line.time->since_boot)
      json.add("uptime_seconds", static_cast<double>(line.time->since_boot->count()) / 1'000'000);
  }
  json.add("sequence", line.sequence).add_unless_empty("host", printed(line.host));
  json.add_unless_empty("program", printed(line.program));
  add_packet(json, **packet);
  out.write(json);
}

void write_summary(JsonLines& out, const Tally& tally, std::string_view format) {
  out.write(JsonLine("summary")
                .add("format", format)
                .add("packets", tally.packets)
                .add("problems", tally.problems)
                .add("lost", tally.lost));
}

DecodeOutcome outcome_of(const Tally& tally) {
  if (tally.packets == 0) return DecodeOutcome::unreadable;
  return tally.problems == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
}

bool is_nflog(std::string_view bytes) {
  // nlmsghdr: length, then type 0x0400 (NFNL_SUBSYS_ULOG, NFULNL_MSG_PACKET), little-endian.
  return bytes.size() >= 20 && bytes[4] == 0 && bytes[5] == 4;
}

DecodeOutcome decode_nflog(std::string_view bytes, JsonLines& out) {
  Tally tally;
  firewall::SequenceGaps gaps;
  std::uint64_t number = 0;
  const auto counts = firewall::read_nflog(std::as_bytes(std::span(bytes)), [&](const firewall::NflogPacket& found) {
    ++number;
    if (found.sequence) gaps.note(*found.sequence);
    if (!found.readable) {
      add_problem(out, tally, number, "a message without a packet that can be read");
      return;
    }
    ++tally.packets;
    JsonLine json("packet");
    json.add("line", number).add("at", found.at).add("group", found.group).add("sequence", found.sequence);
    json.add("global_sequence", found.global_sequence);
    if (found.in_index != 0) json.add("in_index", found.in_index);
    if (found.out_index != 0) json.add("out_index", found.out_index);
    add_packet(json, found.packet);
    out.write(json);
  });
  if (counts.unreadable > tally.problems) add_problem(out, tally, number + 1, "a damaged message, cut off or overlong");
  tally.lost = gaps.lost();
  write_summary(out, tally, "nflog");
  return outcome_of(tally);
}

}  // namespace

DecodeOutcome decode_firewall(std::string_view bytes, JsonLines& out) {
  if (is_nflog(bytes)) return decode_nflog(bytes, out);
  Tally tally;
  firewall::JournalEntries entries;
  std::uint64_t number = 0;
  for (auto text : base::split(bytes, '\n')) {
    ++number;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (const auto whole = entries.next(text)) take_line(*whole, number, out, tally);
  }
  if (const auto whole = entries.finish()) take_line(*whole, number, out, tally);
  write_summary(out, tally, "text");
  return outcome_of(tally);
}

}  // namespace davylamp::app
