// Some zones as history had them, so that tests do not depend on the host's tz database (which io/system_zones_test
// holds to the same facts).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/zone.hpp"

namespace davylamp::core {

class TestingZones : public base::Zones {
 public:
  base::Result<base::ZoneSpan> span(std::string_view zone, base::Time at) const override {
    const auto found = zones_.find(std::string(zone));
    if (found == zones_.end()) return base::fail("unknown_zone", "no zone " + std::string(zone));
    base::ZoneSpan span{base::Time::min(), base::Time::max(), found->second.at(0).offset};
    for (const auto& change : found->second) {
      const auto begin = base::from_unix_seconds(change.at);
      if (at < begin) {
        span.end = begin;
        break;
      }
      if (change.at != 0) span.begin = begin;
      span.offset = change.offset;
    }
    return span;
  }

 private:
  struct Change {
    std::int64_t at;
    base::Seconds offset;
  };
  static base::Seconds hours(double count) { return base::Seconds{static_cast<int>(count * 3'600)}; }
  std::map<std::string, std::vector<Change>> zones_{
      {"UTC", {{0, hours(0)}}},
      {"Asia/Kathmandu", {{0, hours(5.75)}}},
      // 2026-03-29 and 2026-10-25, 01:00 UTC; 2027-03-28
      {"Europe/Berlin",
       {{0, hours(1)}, {1'774'746'000, hours(2)}, {1'792'890'000, hours(1)}, {1'806'195'600, hours(2)}}},
      // 2018-11-04: midnight does not exist; 2019-02-17, 00:00: back to 23:00
      {"America/Sao_Paulo", {{0, hours(-3)}, {1'541'300'400, hours(-2)}, {1'550'368'800, hours(-3)}}},
      // 2022-03-22 00:00: to 01:00; 2022-09-22 00:00: back to 23:00
      {"Asia/Tehran", {{0, hours(3.5)}, {1'647'894'600, hours(4.5)}, {1'663'788'600, hours(3.5)}}},
      // 2022-03-27 00:00: to 01:00
      {"Asia/Beirut", {{0, hours(2)}, {1'648'332'000, hours(3)}}},
      // 2006-10-29, 00:01: back to 23:01, so midnight came twice
      {"America/St_Johns", {{0, hours(-2.5)}, {1'162'089'060, hours(-3.5)}}},
      // 2011-12-30 was skipped
      {"Pacific/Apia", {{0, hours(-10)}, {1'325'239'200, hours(14)}}},
  };
};

}  // namespace davylamp::core
