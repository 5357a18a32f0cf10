// Connection tracking as the kernel and the standard tools tell it: netlink recordings and texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/decode/decode.hpp"
#include "base/result.hpp"

namespace davylamp::app {

// One direction, as text tells it. Addresses are normalised.
struct TrackedWay {
  std::string source;
  std::string destination;
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> destination_port;
  std::optional<std::uint16_t> icmp_type;
  std::optional<std::uint16_t> icmp_code;
  std::optional<std::uint32_t> icmp_id;
  std::string source_key;  // of GRE, as written
  std::string destination_key;
  std::optional<std::uint16_t> zone;
  std::optional<std::uint64_t> packets;
  std::optional<std::uint64_t> bytes;
};

struct TrackedConnection {
  std::string_view event;    // "new", "update", "destroy"; empty: listed
  std::optional<double> at;  // UNIX seconds
  std::string_view family;   // "ipv4", "ipv6"
  std::string protocol;      // "tcp", "unknown"
  std::optional<std::uint16_t> protocol_number;
  std::optional<std::uint64_t> timeout_seconds;
  std::string state;
  TrackedWay original;
  TrackedWay reply;
  bool unreplied = false;
  bool assured = false;
  bool offloaded = false;
  std::optional<std::uint64_t> mark;
  std::optional<std::uint64_t> zone;
  std::optional<std::uint64_t> id;
  std::optional<std::uint64_t> use;
  std::optional<std::uint64_t> status;            // IPS_* bits, where they are told
  std::optional<std::uint64_t> duration_seconds;  // delta-time, "active since"
  std::optional<double> started_at;
  std::optional<double> stopped_at;
  std::string helper;
  std::string security_context;
  std::string labels;
  std::vector<std::pair<std::string, std::string>> other;  // what has no place here, as it was written
  std::vector<std::string> words;                          // likewise, without a value

  // What a whole one must have; else a sentence on what is amiss.
  std::optional<std::string> fault() const;
};

// Collects what was decoded and writes it.
class ConntrackLines {
 public:
  explicit ConntrackLines(JsonLines& out) : out_(out) {}
  void connection(const TrackedConnection& connection);
  // An expected connection: what it is expected to be, as it was written.
  void expectation(std::string_view event, const std::vector<std::pair<std::string, std::string>>& members);
  void statistics(const std::vector<std::pair<std::string, std::uint64_t>>& members);
  // Text of the tool that tells no connection.
  void note(std::string_view text);
  void problem(std::size_t line, std::string_view what);
  DecodeOutcome finish(std::string_view format);

 private:
  JsonLines& out_;
  std::uint64_t connections_ = 0;
  std::uint64_t expectations_ = 0;
  std::uint64_t statistics_ = 0;
  std::uint64_t notes_ = 0;
  std::uint64_t problems_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
};

// `src=` and the like of the tool's tuples. False when it is none of them; a bad value sets `fault`.
bool take_tuple_member(TrackedWay& way, std::string_view name, std::string_view value, std::string& fault);

void decode_conntrack_text(std::string_view text, ConntrackLines& out);
void decode_conntrack_xml(std::string_view text, ConntrackLines& out);
// One line of `conntrack -o save`.
void decode_conntrack_save(std::string_view line, std::size_t number, ConntrackLines& out);

// A recording of ctnetlink messages, or what `conntrack -L`, `-E`, `-S`, `-C`, with any output option,
// /proc/net/nf_conntrack and conntrackd -i print: lines of kind connection, expectation, statistics, note and problem,
// then a summary.
DecodeOutcome decode_conntrack(std::string_view bytes, JsonLines& out);

}  // namespace davylamp::app
