// What is remembered of a path: how much was lost in the last minute, how long answers take.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/evidence.hpp"
#include "witness/ebpf/kernel/layout.h"

namespace davylamp::ebpf {

// Nanoseconds of CLOCK_MONOTONIC throughout.
class LossWindow {
 public:
  // Both absolute: how many numbers were used so far, and how many came.
  void note(std::uint64_t now, std::uint64_t expected, std::uint64_t received);
  // Over the last minute; absent while too few packets came to tell.
  std::optional<double> loss(std::uint64_t now) const;

 private:
  struct Mark {
    std::uint64_t at = 0;
    std::uint64_t expected = 0;
    std::uint64_t received = 0;
  };
  std::array<Mark, 16> marks_{};  // five seconds apart, a ring
  std::size_t next_ = 0;
  std::size_t filled_ = 0;
  Mark latest_;
};

// Times of answers, smoothed as TCP does (RFC 6298).
class AnswerTimes {
 public:
  void note(std::uint64_t took);
  bool known() const { return count_ > 0; }
  void tell(model::Quality& quality, std::string_view method) const;

 private:
  std::uint64_t count_ = 0;
  double smoothed_ = 0;
  double deviation_ = 0;
  double least_ = 0;
};

// Of one flow, from what the kernel's program notes.
class PathMemory {
 public:
  void note(std::uint64_t now, const FlowPath& path);
  // Absent while nothing is known.
  std::optional<model::Quality> quality(std::uint64_t now, base::Time at) const;

 private:
  LossWindow losses_;
  AnswerTimes answers_;
  std::uint32_t handshakes_ = 0;
  std::uint8_t handshakes_of_ = numbers_unknown;
  std::uint8_t numbers_of_ = numbers_unknown;
  bool trusted_ = false;
};

// Whether the program in the kernel found anything to tell of this path.
bool has_quality(const FlowPath& path);

}  // namespace davylamp::ebpf
