// `conntrack -o save`: the options that would make the connection again.
#include <array>

#include "app/decode/decode_conntrack.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// The tool's options (conntrack(8)) and the members of a tuple that they set; `reply` names the way.
struct Option {
  std::string_view name;
  std::string_view member;
  bool reply = false;
};
constexpr std::array options{
    Option{"-s", "src"},
    Option{"--orig-src", "src"},
    Option{"--src", "src"},
    Option{"-d", "dst"},
    Option{"--orig-dst", "dst"},
    Option{"--dst", "dst"},
    Option{"-r", "src", true},
    Option{"--reply-src", "src", true},
    Option{"-q", "dst", true},
    Option{"--reply-dst", "dst", true},
    Option{"--sport", "sport"},
    Option{"--orig-port-src", "sport"},
    Option{"--dport", "dport"},
    Option{"--orig-port-dst", "dport"},
    Option{"--reply-port-src", "sport", true},
    Option{"--reply-port-dst", "dport", true},
    Option{"--icmp-type", "type"},
    Option{"--icmp-code", "code"},
    Option{"--icmpv6-type", "type"},
    Option{"--icmpv6-code", "code"},
    Option{"--srckey", "srckey"},
    Option{"--dstkey", "dstkey"},
    Option{"--reply-key-src", "srckey", true},
    Option{"--reply-key-dst", "dstkey", true},
};

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 9> protocols{{{"tcp", 6},
                                                                              {"udp", 17},
                                                                              {"icmp", 1},
                                                                              {"icmpv6", 58},
                                                                              {"gre", 47},
                                                                              {"sctp", 132},
                                                                              {"dccp", 33},
                                                                              {"udplite", 136},
                                                                              {"esp", 50}}};

// What translation makes of the answers: -n (source) is whom they go to, -g (destination) whom they come from.
// "1.2.3.4:5".
std::string_view address_part(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const auto colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;
}

class SavedLine {
 public:
  base::Result<TrackedConnection> read(const std::vector<std::string_view>& words) {
    for (std::size_t i = 1; i < words.size(); i += 2) {
      if (i + 1 == words.size()) return base::fail("malformed", "an option without its value");
      take(words[i], words[i + 1]);
    }
    finish();
    if (!fault_.empty()) return base::fail("malformed", fault_);
    if (const auto fault = found_.fault()) return base::fail("malformed", *fault);
    return std::move(found_);
  }

 private:
  void take(std::string_view option, std::string_view value) {
    for (const auto& known : options) {
      if (known.name != option) continue;
      take_tuple_member(known.reply ? found_.reply : found_.original, known.member, value, fault_);
      return;
    }
    if (option == "--icmp-id" || option == "--icmpv6-id") {
      found_.original.icmp_id = base::parse_number<std::uint32_t>(value);
    } else if (option == "-n" || option == "--src-nat") {
      take_tuple_member(found_.reply, "dst", address_part(value), fault_);
    } else if (option == "-g" || option == "--dst-nat") {
      take_tuple_member(found_.reply, "src", address_part(value), fault_);
    } else if (option == "-p" || option == "--proto") {
      protocol(value);
    } else if (option == "-u" || option == "--status") {
      status(value);
    } else if (option == "--state") {
      found_.state = base::to_utf8(value);
    } else if (option == "-t" || option == "--timeout") {
      found_.timeout_seconds = base::parse_number<std::uint64_t>(value);
    } else if (option == "-m" || option == "--mark") {
      found_.mark = base::parse_number<std::uint64_t>(value);
    } else if (option == "-w" || option == "--zone") {
      found_.zone = base::parse_number<std::uint64_t>(value);
    } else if (option == "-l" || option == "--label" || option == "--label-add") {
      found_.labels = base::to_utf8(value);
    } else {
      found_.other.emplace_back(base::to_utf8(option), base::to_utf8(value));
    }
  }

  void protocol(std::string_view value) {
    found_.protocol = base::to_lower(value);
    for (const auto& [name, number] : protocols)
      if (found_.protocol == name) found_.protocol_number = number;
    if (!found_.protocol_number) found_.protocol_number = base::parse_number<std::uint8_t>(value);
  }

  void status(std::string_view value) {
    const auto flags = base::split(value, ',');
    bool replied = false;
    for (const auto flag : flags) {
      replied = replied || flag == "SEEN_REPLY";
      found_.assured = found_.assured || flag == "ASSURED";
      if (flag != "SEEN_REPLY" && flag != "ASSURED" && flag != "UNSET") found_.words.push_back(base::to_utf8(flag));
    }
    found_.unreplied = !replied;
  }

  // The tool leaves out what follows from the other way.
  void finish() {
    found_.family = found_.original.source.find(':') == std::string::npos ? "ipv4" : "ipv6";
    if (found_.reply.source.empty()) found_.reply.source = found_.original.destination;
    if (found_.reply.destination.empty()) found_.reply.destination = found_.original.source;
  }

  TrackedConnection found_;
  std::string fault_;
};

}  // namespace

void decode_conntrack_save(std::string_view line, std::size_t number, ConntrackLines& out) {
  std::vector<std::string_view> words;
  for (const auto word : base::split(line, ' '))
    if (!word.empty()) words.push_back(word);
  auto connection = SavedLine().read(words);
  if (!connection) return out.problem(number, connection.error().message + " was skipped");
  const auto what = words[0];
  connection->event = what == "-D" ? "destroy" : what == "-U" || what == "--update" ? "update" : "";
  out.connection(*connection);
}

}  // namespace davylamp::app
