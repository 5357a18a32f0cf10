// Logs of firewalls and of OpenVPN, and NFLOG messages: three parsers, and what is made of their findings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/text.hpp"
#include "sources/firewall/attempt_intake.hpp"
#include "sources/firewall/kernel_line.hpp"
#include "sources/firewall/nflog_message.hpp"

using namespace davylamp;

namespace {

constexpr base::Time now = base::from_unix_seconds(1'795'233'600);

void require(bool holds) {
  if (!holds) std::abort();
}

// Views must lie within what was parsed.
void require_within(std::string_view whole, std::string_view part) {
  require(part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void read_lines(std::string_view text) {
  firewall::AttemptIntake intake({"edge", {}, {}}, {.rows_per_hour = 20, .rows = 60});
  firewall::JournalEntries entries;
  for (const auto piece : base::split(text, '\n')) {
    const auto line = firewall::read_log_line(piece);
    require_within(piece, line.message);
    require_within(piece, line.host);
    if (!line.kernel_record) require_within(piece, line.program);
    if (const auto packet = firewall::read_kernel_line(line.message); packet && *packet) {
      require_within(piece, (*packet)->prefix);
    }
    const auto whole = entries.next(piece);
    if (!whole) continue;
    const auto entry = firewall::read_log_line(*whole);
    intake.take_firewall_line(entry, now, now - std::chrono::hours{1});
    intake.take_openvpn_line(entry, now);
  }
  std::uint64_t told = 0;
  for (const auto& row : intake.take_all(now)) {
    require(row.count > 0 && row.first_at <= row.last_at && base::is_utf8(row.why) && base::is_utf8(row.user));
    told += row.count;
  }
  require(told == intake.counter().counted());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  read_lines(text);
  std::uint64_t told = 0;
  const auto counts =
      firewall::read_nflog(std::as_bytes(std::span(bytes, size)), [&](const firewall::NflogPacket& found) {
        require_within(text, found.packet.prefix);
        require(!found.readable || (found.packet.source && found.packet.destination));
        ++told;
      });
  require(counts.packets == told);
  return 0;
}
