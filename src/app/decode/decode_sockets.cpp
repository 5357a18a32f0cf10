#include "app/decode/decode_sockets.hpp"

#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "app/decode/decode_sockets_ss.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"
#include "witness/sockets/diag_messages.hpp"
#include "witness/sockets/listening.hpp"

namespace davylamp::app {
namespace {

struct Counts {
  std::string format;
  std::uint64_t sockets = 0;
  std::uint64_t problems = 0;
};

constexpr std::array<std::string_view, 14> state_names{
    "UNKNOWN", "ESTAB",      "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2",   "TIME-WAIT",
    "UNCONN",  "CLOSE-WAIT", "LAST-ACK", "LISTEN",   "CLOSING",    "NEW-SYN-RECV", "BOUND-INACTIVE"};

std::string_view state_name(unsigned state) {
  return state_names[state < state_names.size() ? state : 0];
}

void add_endpoint(JsonLine& line, const std::string& side, const model::Endpoint& end) {
  line.add(side + "_address", end.address.to_string());
  if (end.port && *end.port != 0) line.add(side + "_port", *end.port);
}

void note_problem(JsonLines& out, Counts& counts, std::uint64_t place, std::string_view what) {
  ++counts.problems;
  out.write(JsonLine("problem").add("line", place).add("what", what));
}

// ---- the kernel's own messages

JsonLine diag_line(const sockets::DiagSocket& socket) {
  JsonLine line("socket");
  const bool tcp = socket.tcp || socket.protocol == model::Protocol::tcp;
  if (tcp || socket.protocol) line.add("netid", tcp ? "tcp" : "udp");
  line.add("state", state_name(static_cast<unsigned>(socket.state)));
  line.add("recv_q", socket.receive_queue).add("send_q", socket.send_queue);
  add_endpoint(line, "local", socket.local);
  add_endpoint(line, "peer", socket.peer);
  line.add("uid", socket.user).add("inode", socket.inode).add("cookie", socket.cookie);
  if (socket.cgroup != 0) line.add("cgroup_id", socket.cgroup);
  if (socket.interface != 0) line.add("interface_index", socket.interface);
  if (socket.dropped != 0) line.add("drops", socket.dropped);
  if (!socket.tcp) return line;
  const auto& tcp_info = *socket.tcp;
  line.add("rtt_milliseconds", tcp_info.rtt_microseconds / 1000.0);
  line.add("jitter_milliseconds", tcp_info.rtt_variance_microseconds / 1000.0);
  if (tcp_info.rtt_min_microseconds != 0) line.add("rtt_min_milliseconds", tcp_info.rtt_min_microseconds / 1000.0);
  if (tcp_info.has_bytes) line.add("rx_bytes", tcp_info.bytes_received).add("tx_bytes", tcp_info.bytes_acked);
  if (tcp_info.has_sent) line.add("bytes_sent", tcp_info.bytes_sent).add("bytes_retrans", tcp_info.bytes_retransmitted);
  line.add("segs_in", tcp_info.segments_in).add("segs_out", tcp_info.segments_out);
  line.add("retransmissions", tcp_info.segments_retransmitted);
  return line.add("delivery_bps", tcp_info.delivery_bytes_per_second * 8);
}

bool looks_like_messages(std::string_view bytes) {
  if (bytes.size() < sizeof(nlmsghdr)) return false;
  const auto header = io::read_value<nlmsghdr>(std::as_bytes(std::span(bytes)));
  const bool type = header.nlmsg_type == SOCK_DIAG_BY_FAMILY || header.nlmsg_type <= NLMSG_OVERRUN;
  return type && header.nlmsg_len >= sizeof header && header.nlmsg_len < 65'536;
}

void decode_messages(std::string_view bytes, JsonLines& out, Counts& counts) {
  counts.format = "sock_diag";
  std::uint64_t number = 0;
  const bool whole = io::for_each_message(std::as_bytes(std::span(bytes)), [&](const io::NetlinkMessage& message) {
    ++number;
    if (message.type == NLMSG_DONE || message.type == NLMSG_NOOP) return;
    if (message.type == NLMSG_ERROR) {
      const int error = -io::read_value<int>(message.body);
      if (error != 0)
        note_problem(out, counts, number, std::string("the kernel answered with an error: ") + std::strerror(error));
      return;
    }
    const auto socket =
        message.type == SOCK_DIAG_BY_FAMILY ? sockets::read_socket(message.body) : std::optional<sockets::DiagSocket>{};
    if (!socket) return note_problem(out, counts, number, "no message about an internet socket");
    ++counts.sockets;
    out.write(diag_line(*socket));
  });
  if (!whole) note_problem(out, counts, number + 1, "the recording ends within a message");
}

// ---- /proc/net

JsonLine proc_net_line(const sockets::ProcNetRow& row, std::string_view netid) {
  JsonLine line("socket");
  line.add_unless_empty("netid", netid).add("state", state_name(row.state));
  line.add("recv_q", row.receive_queue).add("send_q", row.send_queue);
  add_endpoint(line, "local", row.local);
  add_endpoint(line, "peer", row.remote);
  line.add("uid", row.user).add("inode", row.inode);
  constexpr std::array<std::string_view, 5> timers{"off", "on", "keepalive", "timewait", "persist"};
  if (row.timer != 0) line.add("timer", row.timer < timers.size() ? timers[row.timer] : "unknown");
  if (row.timer != 0) line.add("timer_jiffies", row.timer_jiffies);
  if (row.retransmissions != 0) line.add("retransmissions", row.retransmissions);
  return line.add("drops", row.drops).add("ipv6", row.v6);
}

// ---- ss

void add_end(JsonLine& line, const std::string& side, const SsEnd& end) {
  line.add_unless_empty(side + "_address", end.address).add(side + "_port", end.port);
  line.add_unless_empty(side + "_service", end.service).add_unless_empty(side + "_interface", end.interface);
}

std::string users_json(const std::vector<SsUser>& users) {
  std::string text = "[";
  for (const auto& user : users) {
    text += (text.size() > 1 ? "," : "") + std::string("{\"name\":") + base::json::write(user.name);
    if (user.process_id) text += ",\"pid\":" + std::to_string(*user.process_id);
    if (user.descriptor) text += ",\"fd\":" + std::to_string(*user.descriptor);
    text += "}";
  }
  return text + "]";
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= 0 && value < 1e15 ? std::optional(value)
                                                                                                : std::nullopt;
}

bool add_timer(JsonLine& line, std::string_view value) {
  if (!value.starts_with('(') || !value.ends_with(')')) return false;
  const auto parts = base::split(value.substr(1, value.size() - 2), ',');
  if (parts.size() < 2) return false;
  line.add("timer", base::to_utf8(parts[0])).add("timer_milliseconds", parse_ss_duration(parts[1]));
  if (parts.size() > 2) line.add("timer_retransmissions", base::parse_number<std::uint64_t>(parts[2]));
  return true;
}

struct NumberName {
  std::string_view of_ss;
  std::string_view ours;
};
constexpr std::array<NumberName, 8> number_names{{{"uid", "uid"},
                                                  {"ino", "inode"},
                                                  {"bytes_acked", "tx_bytes"},
                                                  {"bytes_received", "rx_bytes"},
                                                  {"bytes_sent", "bytes_sent"},
                                                  {"bytes_retrans", "bytes_retrans"},
                                                  {"segs_in", "segs_in"},
                                                  {"segs_out", "segs_out"}}};

// False: kept as it stands.
bool add_known_option(JsonLine& line, std::string_view key, std::string_view value) {
  if (const auto* number = std::ranges::find(number_names, key, &NumberName::of_ss); number != number_names.end()) {
    const auto parsed = base::parse_number<std::uint64_t>(value);
    if (parsed) line.add(number->ours, *parsed);
    return parsed.has_value();
  }
  if (key == "timer") return add_timer(line, value);
  if (key == "sk" || key == "cgroup") {
    line.add(key == "sk" ? "cookie" : "cgroup", base::to_utf8(value));
    return true;
  }
  if (key == "rtt" || key == "minrtt") {
    const auto slash = std::min(value.find('/'), value.size());
    const auto time = decimal(value.substr(0, slash));
    if (time) line.add(key == "rtt" ? "rtt_milliseconds" : "rtt_min_milliseconds", *time);
    if (time && slash < value.size()) line.add("jitter_milliseconds", decimal(value.substr(slash + 1)));
    return time.has_value();
  }
  if (key == "delivery_rate") {
    const auto rate = parse_ss_rate(value);
    if (rate) line.add("delivery_bps", *rate);
    return rate.has_value();
  }
  if (key != "retrans") return false;
  const auto total = base::parse_number<std::uint64_t>(value.substr(std::min(value.find('/') + 1, value.size())));
  if (total) line.add("retransmissions", *total);
  return total.has_value();
}

JsonLine ss_line(const SsRow& row) {
  JsonLine line("socket");
  line.add_unless_empty("netid", row.netid).add_unless_empty("state", row.state);
  line.add("recv_q", row.receive_queue).add("send_q", row.send_queue);
  add_end(line, "local", row.local);
  add_end(line, "peer", row.peer);
  if (!row.users.empty()) line.add_json("users", users_json(row.users));
  std::vector<std::string_view> done;
  std::string others;
  for (const auto& [key, value] : row.options) {
    // Said twice, the first counts: a hostile name can stand behind only.
    if (std::ranges::find(done, std::string_view(key)) != done.end()) continue;
    done.emplace_back(key);
    if (!add_known_option(line, key, value))
      others += (others.empty() ? "" : ",") + base::json::write(base::to_utf8(key)) + ":" +
                base::json::write(base::to_utf8(value));
  }
  if (!others.empty()) line.add_json("options", "{" + others + "}");
  if (row.flags.empty()) return line;
  std::vector<std::string> flags;
  flags.reserve(row.flags.size());
  for (const auto& flag : row.flags) flags.push_back(base::to_utf8(flag));
  return line.add("flags", flags);
}

// ---- texts

class TextDecoder {
 public:
  TextDecoder(JsonLines& out, Counts& counts) : out_(out), counts_(counts) {}

  void take(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (base::trim(line).empty() || take_proc_net(line)) return;
    if (is_ss_header(line)) {
      flush();
      counts_.format = "ss";
      return;
    }
    if (auto row = parse_ss_row(line)) {
      flush();
      counts_.format = "ss";
      row_ = std::move(row);
    } else if (!row_ || !extend_ss_row(line, *row_)) {
      flush();
      note_problem(out_, counts_, number_, "no line of ss or of /proc/net");
    }
  }
  // What continues a row stands below it, so a row waits for the next.
  void flush() {
    if (!row_) return;
    ++counts_.sockets;
    out_.write(ss_line(*row_));
    row_.reset();
  }

 private:
  bool take_proc_net(std::string_view line) {
    if (line.find("local_address") != std::string_view::npos && line.find("tx_queue") != std::string_view::npos) {
      flush();
      counts_.format = "proc_net";
      netid_ = line.find("drops") != std::string_view::npos ? "udp" : "tcp";
      return true;
    }
    const auto row = sockets::parse_proc_net_row(line);
    if (!row) return false;
    flush();
    counts_.format = "proc_net";
    ++counts_.sockets;
    out_.write(proc_net_line(*row, netid_.empty() && row->drops ? "udp" : netid_));
    return true;
  }

  JsonLines& out_;
  Counts& counts_;
  std::optional<SsRow> row_;
  std::string netid_;
  std::uint64_t number_ = 0;
};

}  // namespace

DecodeOutcome decode_sockets(std::string_view bytes, JsonLines& out) {
  Counts counts;
  if (looks_like_messages(bytes)) {
    decode_messages(bytes, out, counts);
  } else {
    TextDecoder texts(out, counts);
    for (const auto line : base::split(bytes, '\n')) texts.take(line);
    texts.flush();
  }
  JsonLine summary("summary");
  summary.add_unless_empty("format", counts.format).add("sockets", counts.sockets).add("problems", counts.problems);
  out.write(summary);
  if (counts.sockets == 0 && counts.problems > 0) return DecodeOutcome::unreadable;
  return counts.problems == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
}

}  // namespace davylamp::app
