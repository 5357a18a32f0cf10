// Parses: generic netlink of the kernel's WireGuard (linux/wireguard.h, linux/genetlink.h). Requests and answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

// CTRL_CMD_GETFAMILY for "wireguard".
std::vector<std::byte> family_request(std::uint32_t sequence);
// WG_CMD_GET_DEVICE, a dump, of the interface with this name.
std::vector<std::byte> device_request(std::uint16_t family, std::uint32_t sequence, std::string_view interface);

// The answer to family_request().
struct FamilyAnswer {
  std::optional<std::uint16_t> family;
  int error = 0;  // errno; ENOENT: this kernel has no WireGuard
};
// Nothing while none of the messages is the answer to `sequence`.
std::optional<FamilyAnswer> read_family(std::span<const std::byte> datagram, std::uint32_t sequence);

// Takes the datagrams of a dump one after the other. A peer whose allowed prefixes go on in the next message is put
// together. Keeps no bytes; those of private and preshared keys are stepped over, and the caller wipes them.
class KernelDecoder {
 public:
  // `device` must outlive it; it is not cleared. Without `sequence` (a recording): messages of any request.
  explicit KernelDecoder(Device& device, std::optional<std::uint32_t> sequence = {})
      : device_(device), sequence_(sequence) {}
  void take(std::span<const std::byte> datagram);
  // NLMSG_DONE or an error was read.
  bool finished() const { return finished_; }
  // errno of what ended it; 0: the device is whole. ENODEV: no such interface; EPERM: not allowed.
  int error() const { return error_; }
  // Messages of WG_CMD_GET_DEVICE that were read.
  std::uint64_t messages() const { return messages_; }

 private:
  void device(std::span<const std::byte> attributes);
  void peers(std::span<const std::byte> attributes);
  void peer(std::span<const std::byte> attributes);
  void allowed_ips(Peer& peer, std::span<const std::byte> attributes);

  Device& device_;
  std::optional<std::uint32_t> sequence_;
  bool finished_ = false;
  int error_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace davylamp::wireguard
