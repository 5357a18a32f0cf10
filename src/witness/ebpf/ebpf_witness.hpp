// A program in the kernel that counts what passes, as a witness.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "contract/witness.hpp"
#include "witness/ebpf/attachments.hpp"

namespace davylamp::ebpf {

struct Config {
  contract::WatchedPorts ports;
  std::vector<std::string> uplinks;           // where clients come in; empty: every interface that is up
  std::vector<std::string> inner_interfaces;  // "tun0", "ppp*": what runs in there is judged by its address
  std::uint32_t most_peers = 65'536;
  base::Milliseconds scan_every{1'000};
  base::Milliseconds list_every{60'000};
  base::Milliseconds forget_after{300'000};       // a flow that is silent so long is over
  base::Milliseconds forget_closed_after{5'000};  // ... a TCP connection that both ends closed
  std::optional<AttachMode> attach_mode;          // absent: the best that the kernel has
};

// `clock` must outlive it.
std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock);

}  // namespace davylamp::ebpf
