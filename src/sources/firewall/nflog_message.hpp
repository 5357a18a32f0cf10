// Messages of nfnetlink_log (linux/netfilter/nfnetlink_log.h): what NFLOG rules send to a group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "sources/firewall/packet.hpp"

namespace davylamp::firewall {

// One logged packet; views into the message.
struct NflogPacket {
  Packet packet;
  bool readable = false;  // the packet's addresses are there
  std::uint16_t group = 0;
  std::uint32_t in_index = 0;  // of the interface; 0: none
  std::uint32_t out_index = 0;
  std::optional<base::Time> at;  // when the kernel had it, where it says so
  std::optional<std::uint32_t> sequence;
  std::optional<std::uint32_t> global_sequence;
};

struct NflogCounts {
  std::uint64_t packets = 0;
  std::uint64_t unreadable = 0;  // messages or packets that are damaged
  std::uint64_t others = 0;      // messages of other kinds
  std::optional<int> error;      // errno of the kernel's last refusal; 0: it agreed
};

// Gives `take` every packet of a datagram, in order.
NflogCounts read_nflog(std::span<const std::byte> datagram, const std::function<void(const NflogPacket&)>& take);

// Requests, whole messages: the group is bound to this socket; packets come with their first `copy_bytes`, numbered;
// the kernel gathers up to `queue` packets or `wait_centiseconds` in a buffer of `buffer_bytes` before it sends.
struct NflogMode {
  std::uint32_t copy_bytes = 64;
  std::uint32_t buffer_bytes = 128 * 1024;
  std::uint32_t queue = 500;
  std::uint32_t wait_centiseconds = 10;
};
std::vector<std::byte> bind_request(std::uint16_t group);
std::vector<std::byte> mode_request(std::uint16_t group, const NflogMode& mode);

// Counts what is missing in a group's numbers, which go up by one.
class SequenceGaps {
 public:
  void note(std::uint32_t sequence) {
    if (last_) lost_ += static_cast<std::uint32_t>(sequence - *last_ - 1);
    last_ = sequence;
  }
  std::uint64_t lost() const { return lost_; }
  // Another binding counts from anew.
  void begin_anew() { last_.reset(); }

 private:
  std::optional<std::uint32_t> last_;
  std::uint64_t lost_ = 0;
};

}  // namespace davylamp::firewall
