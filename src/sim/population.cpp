#include "sim/population.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace davylamp::sim {
namespace {

struct Place {
  std::array<std::uint8_t, 3> network;
  std::string_view country;
  int utc_offset_hours;
  unsigned weight;
};

// Networks of the lab (tools/lab/addresses.sh), with how many of a company's people might live there.
constexpr std::array<Place, 32> places{{
    {{81, 2, 69}, "GB", 0, 9},     {{72, 229, 10}, "US", -5, 12}, {{126, 72, 10}, "JP", 9, 6},
    {{177, 32, 10}, "BR", -3, 5},  {{193, 252, 22}, "FR", 1, 9},  {{58, 160, 10}, "AU", 10, 3},
    {{158, 36, 10}, "NO", 1, 3},   {{197, 85, 10}, "ZA", 2, 2},   {{49, 36, 10}, "IN", 5, 9},
    {{99, 230, 10}, "CA", -5, 4},  {{41, 90, 10}, "KE", 3, 1},    {{211, 39, 10}, "KR", 9, 4},
    {{201, 141, 10}, "MX", -6, 3}, {{80, 58, 61}, "ES", 1, 6},    {{67, 160, 10}, "US", -8, 9},
    {{85, 96, 10}, "TR", 3, 3},    {{190, 16, 10}, "AR", -3, 2},  {{36, 66, 10}, "ID", 7, 3},
    {{78, 8, 10}, "PL", 1, 5},     {{203, 97, 10}, "NZ", 12, 1},  {{94, 200, 10}, "AE", 4, 2},
    {{197, 210, 10}, "NG", 1, 1},  {{186, 84, 10}, "CO", -5, 1},  {{193, 166, 10}, "FI", 2, 3},
    {{114, 32, 10}, "TW", 8, 3},   {{156, 160, 10}, "EG", 2, 1},  {{85, 241, 10}, "PT", 0, 3},
    {{181, 64, 10}, "PE", -5, 1},  {{171, 224, 10}, "VN", 7, 2},  {{178, 197, 10}, "CH", 1, 4},
    {{92, 46, 10}, "KZ", 5, 1},    {{213, 127, 10}, "NL", 1, 6},
}};
constexpr std::array<std::string_view, 25> first_names{
    "anna",  "marco", "yuki",  "ines",  "david", "noor",  "emma", "pavel", "lucia", "omar", "greta", "hugo", "mei",
    "tomas", "aisha", "felix", "clara", "ravi",  "sofia", "liam", "nina",  "samir", "eva",  "jonas", "paula"};
constexpr std::array<std::string_view, 11> last_names{"berg",  "rossi",  "tanaka", "costa", "miller", "haddad",
                                                      "novak", "okafor", "weber",  "silva", "larsen"};
struct Device {
  std::string_view platform;
  std::string_view program;
};
constexpr std::array<Device, 6> devices{{{"win", "2.6.14"},
                                         {"linux", "2.6.14"},
                                         {"mac", "3.11.1"},
                                         {"android", "3.11.1"},
                                         {"ios", "3.11.1"},
                                         {"win", "2.5.11"}}};
constexpr std::array<std::string_view, 8> hostile_names{
    "'; DROP TABLE session; --",
    "<img src=x onerror=alert(1)>",
    "$(touch /tmp/owned)`id`",
    "a,b,192.0.2.1:1194,10.8.0.2,,1,2",
    "caf\xE9 \xFF\xFE",
    "\xE2\x80\xAE"
    "drowssap",
    ">BYTECOUNT_CLI:0,999999999,999999999",
    "../../../../etc/passwd",
};
constexpr std::array<std::string_view, 6> server_addresses{"52.28.10.20",  "52.77.10.20",   "72.229.10.200",
                                                           "213.127.10.9", "126.72.10.200", "177.32.10.200"};

const Place& draw_place(Random& random) {
  unsigned total = 0;
  for (const auto& place : places) total += place.weight;
  auto mark = random.below(total);
  for (const auto& place : places) {
    if (mark < place.weight) return place;
    mark -= place.weight;
  }
  return places.front();
}

std::string draw_name(const PopulationSettings& settings, std::uint64_t number) {
  if (settings.hostile && number % 40 < hostile_names.size()) {
    return std::string(hostile_names[number % 40]) + (number < 40 ? "" : std::to_string(number / 40));
  }
  if (number == 2) return "Smith, John \"ops\"";
  if (number == 3) return "Zoë 你好";
  if (number == 4 || number == 5) return "field.tablet";  // two devices, one certificate
  auto name =
      std::string(first_names[number % first_names.size()]) + "." + std::string(last_names[number % last_names.size()]);
  const auto again = number / (first_names.size() * last_names.size());
  return again == 0 ? name : name + std::to_string(again + 1);
}

model::Address draw_home(const PopulationSettings& settings, const Place& place, Random& random) {
  const auto host = static_cast<std::uint8_t>(1 + random.below(254));
  const auto near = static_cast<std::uint8_t>(place.network[2] + random.below(8));
  if (!random.chance(settings.ipv6_share))
    return model::Address::from_v4({place.network[0], place.network[1], near, host});
  return model::Address::from_v6(
      {0x20, 0x01, 0x46, 0x00, 0x00, near, 0, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(random.below(256)), host});
}

}  // namespace

Person make_person(const PopulationSettings& settings, std::uint64_t number, Random& random) {
  const auto& place = draw_place(random);
  const auto& device = devices[random.below(devices.size())];
  Person person;
  person.name = draw_name(settings, number);
  if (settings.long_username && number == 1) person.username = std::string(440, 'u');
  person.home = draw_home(settings, place, random);
  person.country = place.country;
  person.utc_offset_hours = place.utc_offset_hours;
  person.platform = device.platform;
  person.program = device.program;
  person.active = random.chance(settings.active_share);
  person.stubborn = random.chance(settings.stubborn_share);
  // Log-normal with the wanted mean: a few people move most of the bytes.
  constexpr double spread = 1.5;
  const auto factor = std::min(std::exp(spread * random.normal() - spread * spread / 2), 200.0);
  person.tx_bps = static_cast<std::uint64_t>(settings.rate_bps * factor) + 100;
  person.rx_bps = static_cast<std::uint64_t>(static_cast<double>(person.tx_bps) * (0.05 + 0.4 * random.unit())) + 100;
  return person;
}

model::Address address_near(const model::Address& home, Random& random) {
  auto bytes = home.bytes();
  const auto host = static_cast<std::uint8_t>(1 + random.below(254));
  if (!home.is_v4()) {
    bytes[15] = host;
    return model::Address::from_v6(bytes);
  }
  return model::Address::from_v4({bytes[0], bytes[1], bytes[2], host});
}

std::string_view server_address(std::uint64_t number) {
  return server_addresses[number % server_addresses.size()];
}

}  // namespace davylamp::sim
