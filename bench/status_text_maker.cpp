#include "status_text_maker.hpp"

#include <fmt/format.h>

#include <chrono>

namespace davylamp::bench {
namespace {

constexpr std::int64_t now = 1760000000;

std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

std::string time_text(std::int64_t seconds) {
  const std::chrono::sys_seconds point{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

struct Client {
  std::string name;
  std::string real;
  std::string virtual4;
  std::string virtual6;
  std::uint64_t rx_bytes;
  std::uint64_t tx_bytes;
  std::int64_t since;
  std::int64_t last_ref;
};

Client make_client(std::uint64_t number) {
  const std::uint64_t random = mix(number);
  const std::uint64_t other = mix(random);
  const auto age = static_cast<std::int64_t>(10 + random % 86400);
  Client client;
  client.name = fmt::format("user{:06}", number);
  client.real = other % 100 < 15 ? fmt::format("2a02:{:x}:{:x}:{:x}::{:x}", other >> 8 & 0x7ff, other >> 19 & 0xffff,
                                               other >> 35 & 0xffff, other >> 51 & 0xfff)
                                 : fmt::format("{}.{}.{}.{}:{}", 31 + other % 180, other >> 8 & 255, other >> 16 & 255,
                                               1 + (other >> 24 & 127), 1024 + (other >> 32) % 64000);
  client.virtual4 = fmt::format("10.{}.{}.{}", 8 + (number >> 16), number >> 8 & 255, number & 255);
  if (random % 1000 < 300) client.virtual6 = fmt::format("fd00:8::{:x}", number + 0x1000);
  client.rx_bytes = static_cast<std::uint64_t>(age) * (200 + random % 20000);
  client.tx_bytes = static_cast<std::uint64_t>(age) * (500 + other % 90000);
  client.since = now - age;
  client.last_ref = now - static_cast<std::int64_t>(other % 60);
  return client;
}

void append_route(std::string& text, const std::string& address, const Client& client) {
  if (address.empty()) return;
  text += fmt::format("ROUTING_TABLE\t{}\t{}\t{}\t{}\t{}\n", address, client.name, client.real,
                      time_text(client.last_ref), client.last_ref);
}

}  // namespace

std::string make_status_text(std::uint64_t clients) {
  std::string text = fmt::format(
      "TITLE\tOpenVPN 2.6.12 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4]\nTIME\t{}\t{}\n", time_text(now), now);
  text +=
      "HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes "
      "Sent\tConnected "
      "Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\n";
  for (std::uint64_t i = 0; i < clients; ++i) {
    const Client client = make_client(i);
    text += fmt::format("CLIENT_LIST\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\tUNDEF\t{}\t{}\tAES-256-GCM\n", client.name,
                        client.real, client.virtual4, client.virtual6, client.rx_bytes, client.tx_bytes,
                        time_text(client.since), client.since, i, i);
  }
  text += "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n";
  for (std::uint64_t i = 0; i < clients; ++i) {
    const Client client = make_client(i);
    append_route(text, client.virtual4, client);
    append_route(text, client.virtual6, client);
  }
  return text + "GLOBAL_STATS\tMax bcast/mcast queue length\t1\nGLOBAL_STATS\tdco_enabled\t0\nEND\n";
}

std::string make_byte_counts(std::uint64_t lines) {
  std::string text;
  for (std::uint64_t i = 0; i < lines; ++i) {
    text += fmt::format(">BYTECOUNT_CLI:{},{},{}\r\n", i, 1000000 + i * 977, 4000000000 + i * 3571);
  }
  return text;
}

}  // namespace davylamp::bench
