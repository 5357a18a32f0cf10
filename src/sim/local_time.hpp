// The two ways in which OpenVPN writes a local time. The zone is this machine's.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace davylamp::sim {

// "2026-11-21 03:34:08" (2.5 and later).
std::string iso_local_time(std::int64_t seconds);
// "Fri Nov 20 10:11:52 2026" (up to 2.4).
std::string ctime_local_time(std::int64_t seconds);

// The texts of the seconds that were asked for last.
class LocalTimes {
 public:
  explicit LocalTimes(bool iso) : iso_(iso) {}
  const std::string& text_of(std::int64_t seconds);

 private:
  struct Known {
    std::int64_t seconds = -1;
    std::string text;
  };
  bool iso_;
  std::array<Known, 128> known_;
};

}  // namespace davylamp::sim
