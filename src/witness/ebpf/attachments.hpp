// Where the programs look: devices of this network namespace.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "witness/ebpf/kernel_program.hpp"

namespace davylamp::ebpf {

// tcx: Linux 6.6, ends with this process. clsact: before; filters that stay when the process is killed, and are then
// taken away by the next one.
enum class AttachMode : std::uint8_t { tcx, clsact };
std::string_view name_of(AttachMode mode);

// What this kernel has.
AttachMode best_attach_mode(const KernelProgram& program);

// A place among the filters of a device, held by one witness of this network namespace at a time, and let go by the
// kernel when its process ends.
class FilterPlace {
 public:
  // The first that is free. Throws Failure when all are taken.
  FilterPlace();
  ~FilterPlace();
  FilterPlace(const FilterPlace&) = delete;
  FilterPlace& operator=(const FilterPlace&) = delete;
  std::uint32_t priority() const;
  // Takes away what processes that were killed left behind on this device, at all places that nobody holds.
  void clean(int device) const;

 private:
  int place_ = 0;
  int lock_ = -1;
};

// Takes all of them off at the end.
class Attachments {
 public:
  explicit Attachments(AttachMode mode);
  ~Attachments();
  Attachments(const Attachments&) = delete;
  Attachments& operator=(const Attachments&) = delete;

  AttachMode mode() const { return mode_; }
  // False: the device is gone again. Throws Failure ("refused" where a privilege is missing).
  bool attach(int device, const ProgramPair& programs);
  void detach(int device);
  // A device that is not attached to: what killed processes left there is taken away.
  void tidy(int device);
  bool holds(int device) const { return devices_.contains(device); }

 private:
  AttachMode mode_;
  std::unique_ptr<FilterPlace> place_;
  std::map<int, ProgramPair> devices_;  // by index; with tcx, the links
};

}  // namespace davylamp::ebpf
