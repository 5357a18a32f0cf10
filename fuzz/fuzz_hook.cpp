// Lines of davylamp-hook, from a datagram or the spool: what is read is written the same way again, and whatever a line
// says, no more than one fact comes of it. The same bytes as a file of verdicts refuse nobody by accident.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hook/message.hpp"
#include "hook/verdict_file.hpp"
#include "sources/openvpn/hook_inbox.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_round_trip(std::vector<char> line) {
  const auto message = hook::decode(line);
  if (!message) return;
  std::vector<char> buffer(hook::most_message_bytes);
  const auto written = hook::encode(*message, buffer);
  require(!written.empty() && written.back() == '\n');
  std::vector<char> again(written.begin(), written.end() - 1);
  const auto same = hook::decode(again);
  require(same && same->kind == message->kind && same->values == message->values);
}

void check_facts(const std::vector<char>& lines) {
  std::size_t facts = 0;
  std::size_t taken = 0;
  openvpn::HookInbox inbox([&](model::Fact fact) {
    ++facts;
    if (const auto* final = std::get_if<model::PeerFinal>(&fact)) require(!final->facts.user.empty());
  });
  for (auto begin = lines.begin();;) {
    const auto end = std::find(begin, lines.end(), '\n');
    std::vector<char> line(begin, end);
    inbox.take(line, openvpn::HookInbox::Origin::spool);
    ++taken;
    if (end == lines.end()) break;
    begin = end + 1;
  }
  require(facts <= taken);
  require(inbox.stats().messages + inbox.stats().spool_dropped <= taken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::vector<char> input(bytes, bytes + size);
  check_round_trip(input);
  check_facts(input);
  const std::string_view file(reinterpret_cast<const char*>(bytes), size);
  const auto verdict = hook::find_verdict(file, "anna.berg", 1'795'000'000'000);
  require(!verdict || hook::verdict_header(file).has_value());
  return 0;
}
