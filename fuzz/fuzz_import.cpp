// Files and tables of other monitors, parted by lines of "---": every record is taken over, merged or refused with a
// reason, and the traffic of a session adds up to its bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/import/traffic_monitor.hpp"
#include "app/import/web_panel.hpp"
#include "base/text.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

base::Result<base::Time> seconds_of(std::string_view text) {
  const auto seconds = base::parse_number<std::int32_t>(text);
  if (!seconds) return base::fail("bad_time", "is no time");
  return base::from_unix_seconds(*seconds);
}

void check(const app::ImportPlan& plan) {
  require(plan.records == plan.sessions.size() + plan.limits.size() + plan.merged + plan.refused.size());
  for (const auto& imported : plan.sessions) {
    require(!imported.key.empty() && !imported.session.user.empty());
    model::Counters sum;
    for (const auto& increment : imported.traffic) {
      sum.rx_bytes += increment.bytes.rx_bytes;
      sum.tx_bytes += increment.bytes.tx_bytes;
    }
    require(sum.rx_bytes == imported.session.rx_bytes && sum.tx_bytes == imported.session.tx_bytes);
  }
  for (const auto& refusal : plan.refused) require(!refusal.why.empty());
}

std::vector<std::string> parted(std::string_view text, std::string_view mark) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(mark);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + mark.size());
  }
}

// Lines of fields parted by commas; an empty field is NULL.
std::vector<app::ImportRow> rows_of(std::string_view text, std::size_t columns) {
  std::vector<app::ImportRow> rows;
  for (const auto& line : parted(text, "\n")) {
    app::ImportRow row;
    for (auto& field : parted(line, ",")) row.push_back(field.empty() ? std::nullopt : std::optional(std::move(field)));
    row.resize(columns);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  auto parts = parted({reinterpret_cast<const char*>(bytes), size}, "\n---\n");
  parts.resize(3);
  const app::ImportWish wish{"udp", seconds_of, base::Time{}, base::from_unix_seconds(1'000'000)};
  for (const auto& ended : {std::optional<base::Time>{}, std::optional(base::from_unix_seconds(900'000))}) {
    if (const auto plan = app::plan_web_panel({parts[0], parts[1], parts[2], ended}, wish)) check(*plan);
  }
  check(app::plan_traffic_monitor({rows_of(parts[0], 2), rows_of(parts[1], 3), rows_of(parts[2], 5)}, wish));
  return 0;
}
