// Configurations: no text crashes the reader, and what it accepts reads back from its own dump to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto reading = app::read_config(text, "davylamp.toml", {{"DAVYLAMP__SOURCE__OPENVPN__0__LAB", "true"}});
  if (!reading.problems.empty()) return 0;
  const auto dumped = app::to_toml(reading.config);
  const auto again = app::read_config(dumped, "davylamp.toml", {});
  if (!again.problems.empty() || app::to_toml(again.config) != dumped) std::abort();
  return 0;
}
