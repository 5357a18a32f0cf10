// Which network devices are looked at, and as what.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "witness/ebpf/attachments.hpp"
#include "witness/ebpf/link_messages.hpp"

namespace davylamp::ebpf {

enum class DeviceRole : std::uint8_t { none, uplink, inner };

// Patterns as the shell's: "eth0", "ppp*".
struct DeviceChoice {
  std::vector<std::string> uplinks;  // empty: every device but loopback
  std::vector<std::string> inner;
  DeviceRole role_of(const Link& link) const;
};

// Keeps the programs on the devices that are there.
class Devices {
 public:
  Devices(const KernelProgram& program, DeviceChoice choice, AttachMode mode);
  // Something was told of a device. True when that changes where is looked. Throws Failure.
  bool take(const Link& link);
  // A sentence: what is counted where, and what is waited for.
  std::string sentence() const;

 private:
  struct Held {
    std::string name;
    DeviceRole role;
  };
  const KernelProgram& program_;
  DeviceChoice choice_;
  Attachments attachments_;
  std::map<int, Held> held_;  // by index
};

}  // namespace davylamp::ebpf
