// Talks: asks a WireGuard interface what it knows, by the socket of a userspace program or by the kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "io/task.hpp"
#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

// Whose counters these are: another life is another epoch.
struct DeviceLife {
  std::string epoch;                  // "kernel-9ab1c0de-7", "1234-1795233871123"; no '/', no space
  std::optional<base::Time> made_at;  // unknown for the kernel's
  std::optional<std::uint32_t> process_id;
  std::string way;  // "the kernel", "/var/run/wireguard/wg0.sock"
};

// One look at a time, each bounded in time and room; nothing blocks the loop. Buffers that held a key are wiped.
class DeviceReader {
 public:
  struct Where {
    std::string interface;
    std::optional<std::string> socket;                 // ask there and nowhere else
    std::string socket_folder = "/var/run/wireguard";  // where userspace programs put theirs
  };
  explicit DeviceReader(Where where) : where_(std::move(where)) {}
  // Fills `device`, which is cleared first. Throws Failure: "absent" when there is no such interface, "refused" when
  // this program may not ask, "unreachable" when it is there and does not answer; each a sentence with what to do.
  io::Task<DeviceLife> read(Device& device) const;

 private:
  io::Task<DeviceLife> read_socket(const std::string& path, Device& device) const;
  io::Task<DeviceLife> read_kernel(Device& device) const;

  Where where_;
};

}  // namespace davylamp::wireguard
