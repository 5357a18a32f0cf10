// Which of the newest numbers were seen: each counts once, in whatever order they come.
#pragma once

#include <bitset>
#include <cstdint>

namespace davylamp::core {

// Numbers that are older than the window count as seen.
class SeenNumbers {
 public:
  static constexpr std::uint64_t window = 65'536;

  // True the first time.
  bool add(std::uint64_t number) {
    if (number + window <= newest_) return false;
    for (; newest_ < number; ++newest_) {
      if (number - newest_ > window) {
        seen_.reset();
        newest_ = number - 1;
      }
      seen_.reset((newest_ + 1) % window);
    }
    if (seen_.test(number % window)) return false;
    seen_.set(number % window);
    return true;
  }

 private:
  std::bitset<window> seen_;
  std::uint64_t newest_ = 0;
};

}  // namespace davylamp::core
