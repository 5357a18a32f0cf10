#include <chrono>

#include "app/decode/decode.hpp"
#include "base/text.hpp"
#include "sources/firewall/log_line.hpp"
#include "sources/firewall/openvpn_failures.hpp"

namespace davylamp::app {
namespace {

struct Tally {
  std::uint64_t lines = 0;
  std::uint64_t failures = 0;  // lines that tell of one
  std::uint64_t attempts = 0;  // that were made of them
};

void write_attempts(JsonLines& out, Tally& tally, const std::vector<firewall::FailedClient>& sure) {
  for (const auto& failed : sure) {
    ++tally.attempts;
    JsonLine line("attempt");
    if (failed.at != base::Time{}) line.add("at", failed.at);
    line.add("why", failed.why);
    if (failed.peer) line.add("address", failed.peer->address).add("port", failed.peer->port);
    line.add_unless_empty("protocol", failed.transport).add_unless_empty("user", base::to_utf8(failed.user));
    out.write(line);
  }
}

}  // namespace

DecodeOutcome decode_openvpn_log(std::string_view bytes, JsonLines& out) {
  const auto now = std::chrono::floor<base::Milliseconds>(std::chrono::system_clock::now());
  Tally tally;
  firewall::OpenvpnFailures failures;
  firewall::JournalEntries entries;
  std::uint64_t number = 0;
  base::Time at{};
  const auto take = [&](std::string_view text) {
    if (base::trim(text).empty()) return;
    ++tally.lines;
    const auto line = firewall::read_log_line(text);
    const auto failure = firewall::read_openvpn_line(line.message);
    if (!failure) return;
    ++tally.failures;
    if (line.time) at = firewall::to_time(*line.time, now, std::nullopt).value_or(at);
    JsonLine json("failure");
    json.add("line", number);
    if (line.time) json.add("at", at);
    json.add("why", failure->why);
    if (failure->peer) json.add("address", failure->peer->address).add("port", failure->peer->port);
    json.add_unless_empty("protocol", failure->transport).add_unless_empty("user", base::to_utf8(failure->user));
    out.write(json);
    write_attempts(out, tally, failures.take_in(*failure, at));
  };
  for (auto text : base::split(bytes, '\n')) {
    ++number;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (const auto whole = entries.next(text)) take(*whole);
  }
  if (const auto whole = entries.finish()) take(*whole);
  write_attempts(out, tally, failures.finish());
  out.write(JsonLine("summary")
                .add("lines", tally.lines)
                .add("failures", tally.failures)
                .add("attempts", tally.attempts)
                .add("other_lines", tally.lines - tally.failures));
  return tally.lines == 0 ? DecodeOutcome::unreadable : DecodeOutcome::understood;
}

}  // namespace davylamp::app
