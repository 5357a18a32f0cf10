// What operators type, and what the daemon answers on its control socket: nothing crashes a reader, and what is
// accepted is in its range.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/cli/amounts.hpp"
#include "app/cli/control_client.hpp"
#include "app/cli/limit_words.hpp"
#include "app/cli/moments.hpp"
#include "base/percent.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);

  if (const auto volume = app::parse_volume(text)) require(*volume > 0 && *volume >> 63U == 0);

  const app::Here here{base::utc_zones, "UTC", base::from_unix_seconds(1'795'000'000)};
  if (const auto until = app::parse_until(text, here)) require(*until > here.now);
  if (const auto time = app::parse_recorded(text, here)) require(!app::local_text(*time, here).empty());

  if (const auto period = app::parse_period(text)) {
    const auto again = app::parse_period(app::period_text(*period));
    require(!again || again->kind == period->kind);
  }
  if (const auto thresholds = app::parse_thresholds(text)) {
    for (const auto percent : *thresholds) require(percent > 0 && percent <= 100);
  }

  if (const auto answer = app::parse_answer(text)) require(answer->body.size() <= text.size());
  for (const char c : base::percent_encoded(text)) require(c > ' ' && c < 127);
  return 0;
}
