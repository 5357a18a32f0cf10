// Questions to the canary zone: whatever comes, reading never throws; what is answered fits where it goes, and is no
// question that somebody would answer again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>

#include "sources/canary/zone.hpp"

namespace {

using namespace davylamp;

void require(bool held) {
  if (!held) std::abort();
}

void check_answer(std::span<const std::byte> answer, std::span<const std::byte> question) {
  require(answer.size() >= 12 && std::ranges::equal(answer.first(2), question.first(2)));
  const auto again = canary::read_query(answer);
  require(!again && again.error().code == "not_a_query");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const canary::Zone zone({.zone = "c.test", .name_server = "ns1.example.org", .address = std::nullopt});
  const auto message = std::as_bytes(std::span(bytes, size));
  const auto query = canary::read_query(message);
  if (!query) {
    require(query.error().code == "not_a_query" || (query.error().code == "bad_format" && size >= 12));
    return 0;
  }
  require(query->name.size() <= 253 && query->asked.size() <= 255 + 4);
  require(std::ranges::all_of(query->name, [](char c) { return c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'); }));
  const auto canary = zone.canary_of(*query);
  require(!canary || query->name == *canary + ".c.test");
  const auto answer = zone.answer(*query);
  const std::size_t over_udp = query->edns ? query->edns->payload_bytes : 512;
  for (const auto most_bytes : {over_udp, std::size_t{65'535}}) {
    const auto text = canary::write_answer(*query, answer, most_bytes);
    require(text.size() <= most_bytes);
    check_answer(text, message);
  }
  return 0;
}
