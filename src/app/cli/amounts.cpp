#include "app/cli/amounts.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view prefixes = "kmgtp";

base::Result<std::uint64_t> bad(std::string_view text, std::string_view what) {
  return base::fail("usage", "\"" + base::printable(text) + "\" " + std::string(what));
}

// What one of the unit is in bytes; nothing when there is no such unit.
std::optional<std::uint64_t> unit_bytes(std::string_view unit) {
  const auto small = base::to_lower(unit);
  if (small == "b") return 1;
  const auto power = small.empty() ? std::string_view::npos : prefixes.find(small.front());
  if (power == std::string_view::npos) return std::nullopt;
  const auto rest = std::string_view(small).substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i <= power; ++i) bytes *= rest == "ib" ? 1024 : 1000;
  return bytes;
}

// `whole`.`fraction` times `unit`, with up to three decimals; nothing when it overflows or is no whole number.
std::optional<std::uint64_t> scaled(std::string_view whole, std::string_view fraction, std::uint64_t unit) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  const auto units = base::parse_number<std::uint64_t>(whole);
  if (!units || *units > most / unit || fraction.size() > 3) return std::nullopt;
  const auto thousandths = base::parse_number<std::uint64_t>((std::string(fraction) + "000").substr(0, 3));
  if (!thousandths || (*thousandths * unit) % 1000 != 0) return std::nullopt;
  const auto bytes = *units * unit + *thousandths * unit / 1000;
  return bytes <= most ? std::optional(bytes) : std::nullopt;
}

}  // namespace

base::Result<std::uint64_t> parse_volume(std::string_view text) {
  const auto given = base::trim(text);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto end_of_number = std::ranges::find_if_not(given, [&](char c) { return is_digit(c) || c == '.'; });
  const auto number = given.substr(0, static_cast<std::size_t>(end_of_number - given.begin()));
  const auto unit = base::trim(given.substr(number.size()));
  const auto dot = std::min(number.find('.'), number.size());
  const auto whole = number.substr(0, dot);
  const auto fraction = dot == number.size() ? std::string_view{} : number.substr(dot + 1);
  if (whole.empty() || fraction.contains('.') || (dot != number.size() && fraction.empty())) {
    return bad(text, "is not a volume; write one like 5GB, 1.5TB or 500MiB");
  }
  if (unit.empty()) {
    return bad(text, "has no unit; write " + std::string(number) + "GB, " + std::string(number) + "MiB, or " +
                         std::string(number) + "B for bytes");
  }
  if (unit.size() == 2 && unit[0] >= 'A' && unit[0] <= 'Z' && unit[1] == 'b') {
    return bad(text, "could mean bits; write " + std::string(number) + unit[0] + "B for bytes");
  }
  const auto size = unit_bytes(unit);
  if (!size)
    return bad(text, "has a unit that is not known; known are B, kB, MB, GB, TB, PB and KiB, MiB, GiB, TiB, PiB");
  const auto bytes = scaled(whole, fraction, *size);
  if (!bytes) return bad(text, "is too much or no whole number of bytes");
  if (*bytes == 0) return bad(text, "is nothing; to keep a user out, use davylamp block");
  return *bytes;
}

}  // namespace davylamp::app
