#include "app/decode/decode.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "app/decode/decode_conntrack.hpp"
#include "app/decode/decode_sockets.hpp"
#include "app/decode/decode_vici.hpp"
#include "app/decode/decode_wireguard.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view usage =
    "usage: davylamp decode openvpn-status FILE|- [--utc-offset +HH:MM]\n"
    "       davylamp decode openvpn-management|openvpn-log|firewall|sockets|wireguard|conntrack|vici FILE|-\n"
    "Prints JSON lines. Exit code 0: everything was understood, 1: something was skipped, 2: nothing could be read.\n"
    "--utc-offset is the zone of a status file that has local times only (version 1); without it: this machine's "
    "zone.\n";

constexpr std::size_t most_input_bytes = std::size_t{1} << 30;

struct DecodeOrder {
  std::string_view format;
  std::string_view file;
  openvpn::ServerZone zone;
};

std::optional<std::chrono::seconds> parse_utc_offset(std::string_view text) {
  if (text == "Z" || text == "0") return std::chrono::seconds{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = base::parse_number<unsigned>(text.substr(1, 2));
  const auto minutes = base::parse_number<unsigned>(text.substr(4, 2));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::chrono::seconds offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return text[0] == '-' ? -offset : offset;
}

struct Format {
  std::string_view name;
  DecodeOutcome (*decode)(std::string_view bytes, const DecodeOrder& order, JsonLines& out);
};

// A format is a file of its own, and a row here.
constexpr std::array formats{
    Format{"openvpn-status", [](std::string_view bytes, const DecodeOrder& order,
                                JsonLines& out) { return decode_openvpn_status(bytes, order.zone, out); }},
    Format{"openvpn-management", [](std::string_view bytes, const DecodeOrder&,
                                    JsonLines& out) { return decode_openvpn_management(bytes, out); }},
    Format{"openvpn-log",
           [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_openvpn_log(bytes, out); }},
    Format{"firewall",
           [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_firewall(bytes, out); }},
    Format{"sockets",
           [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_sockets(bytes, out); }},
    Format{"conntrack",
           [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_conntrack(bytes, out); }},
    Format{"wireguard",
           [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_wireguard(bytes, out); }},
    Format{"vici", [](std::string_view bytes, const DecodeOrder&, JsonLines& out) { return decode_vici(bytes, out); }},
};

const Format* find_format(std::string_view name) {
  const auto* found = std::ranges::find(formats, name, &Format::name);
  return found == formats.end() ? nullptr : found;
}

std::string format_names() {
  std::string names;
  for (const auto& format : formats) names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

base::Result<DecodeOrder> read_order(std::span<const std::string_view> args) {
  DecodeOrder order;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--utc-offset") {
      if (i + 1 == args.size()) return base::fail("usage", "--utc-offset needs a value such as +02:00");
      order.zone.utc_offset = parse_utc_offset(args[++i]);
      if (!order.zone.utc_offset)
        return base::fail("usage", "--utc-offset wants +HH:MM or -HH:MM, not '" + base::printable(args[i]) + "'");
    } else if (args[i].starts_with("--")) {
      return base::fail("usage", "unknown option " + base::printable(args[i]));
    } else if (order.format.empty()) {
      order.format = args[i];
    } else if (order.file.empty()) {
      order.file = args[i];
    } else {
      return base::fail("usage", "one file at a time, not also '" + base::printable(args[i]) + "'");
    }
  }
  if (find_format(order.format) == nullptr) return base::fail("usage", "say what to decode, one of: " + format_names());
  if (order.file.empty()) return base::fail("usage", "say which file to decode, or - for standard input");
  return order;
}

base::Result<std::string> read_all(std::istream& in, const std::string& name) {
  std::string bytes;
  std::array<char, 64 * 1024> piece;
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > most_input_bytes)
      return base::fail("too_large", name + " is larger than 1 GiB: cut it into pieces");
  }
  if (in.bad()) return base::fail("unreadable", "reading " + name + " failed");
  return bytes;
}

base::Result<std::string> read_input(std::string_view file, std::istream& in) {
  if (file == "-") return read_all(in, "standard input");
  const std::string name = base::printable(file);
  std::ifstream opened{std::string(file), std::ios::binary};
  if (!opened)
    return base::fail("unreadable", name + " cannot be opened: check that it exists and that you may read it");
  return read_all(opened, name);
}

}  // namespace

int run_decode(std::span<const std::string_view> args, std::istream& in, std::ostream& out, std::ostream& err) {
  const auto order = read_order(args);
  if (!order) {
    err << "davylamp decode: " << order.error().message << "\n" << usage;
    return static_cast<int>(DecodeOutcome::unreadable);
  }
  const auto bytes = read_input(order->file, in);
  if (!bytes) {
    err << "davylamp decode: " << bytes.error().message << "\n";
    return static_cast<int>(DecodeOutcome::unreadable);
  }
  JsonLines lines(out);
  return static_cast<int>(find_format(order->format)->decode(*bytes, *order, lines));
}

}  // namespace davylamp::app
