// Whatever a recording or a text says of sockets and interfaces: it is read without harm, and what a text line gives is
// valid JSON, one line each.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "app/decode/decode_sockets.hpp"
#include "app/decode/decode_sockets_ss.hpp"
#include "witness/interfaces/link_messages.hpp"
#include "witness/sockets/diag_messages.hpp"
#include "witness/sockets/listening.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_lines(std::string_view bytes) {
  std::ostringstream out;
  app::JsonLines lines(out);
  app::decode_sockets(bytes, lines);
  std::istringstream written(out.str());
  std::string line;
  std::string last;
  while (std::getline(written, line)) {
    boost::system::error_code error;
    boost::json::parse(line, error);
    require(!error);
    last = line;
  }
  require(last.starts_with("{\"kind\":\"summary\""));
}

void check_messages(std::span<const std::byte> bytes) {
  if (const auto socket = sockets::read_socket(bytes)) require(socket->local.port.has_value());
  sockets::read_tcp_figures(bytes);
  if (const auto link = interfaces::read_link(bytes)) require(!link->name.empty());
  model::InterfaceFacts facts;
  interfaces::read_stats(bytes, facts);
  interfaces::read_link_stats(bytes, facts);
  interfaces::stats_index(bytes);
}

void check_texts(std::string_view text) {
  const auto half = text.size() / 2;
  const bool matches = interfaces::name_matches(text.substr(0, half), text.substr(half));
  require(!matches || interfaces::name_matches("*", text.substr(half)));
  app::parse_ss_duration(text);
  app::parse_ss_rate(text);
  sockets::parse_proc_net_row(text);
}

void check_filter(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i + 1 < bytes.size() && ports.size() < 3'000; i += 2)
    ports.push_back(static_cast<std::uint16_t>(bytes[i] << 8U | bytes[i + 1]));
  for (const auto test : {sockets::PortTest::equal, sockets::PortTest::range})
    require(sockets::port_filter(ports, test).size() < 65'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_lines(text);
  check_messages(std::as_bytes(std::span(bytes, size)));
  check_texts(text.substr(0, 200));
  check_filter(std::span(bytes, size));
  return 0;
}
