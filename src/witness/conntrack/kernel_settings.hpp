// How the kernel tracks connections in this network namespace: its sysctls, and which addresses are its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/address.hpp"

namespace davylamp::conntrack {

// What is absent cannot be read; time-outs are the kernel's defaults then.
struct KernelSettings {
  bool present = false;            // nf_conntrack is loaded
  std::optional<bool> accounting;  // nf_conntrack_acct
  std::optional<bool> timestamps;  // nf_conntrack_timestamp
  std::optional<std::uint32_t>
      events;  // nf_conntrack_events: 0 off, 1 on, 2 for flows that begin while somebody listens
  std::optional<std::uint64_t> count;  // entries now
  std::optional<std::uint64_t> most;   // nf_conntrack_max, of the whole machine
  std::optional<std::uint64_t> buckets;
  std::uint32_t udp_timeout_seconds = 30;
  std::uint32_t udp_stream_timeout_seconds = 120;
  // By TCP_CONNTRACK_*; 0 where a state has none.
  std::array<std::uint32_t, 10> tcp_timeout_seconds{0, 120, 60, 432'000, 120, 60, 30, 120, 10, 120};
  std::uint32_t tcp_unacknowledged_seconds = 300;
};

// Of the calling thread's namespace; `root` stands in front of /proc, for tests. Reads two dozen small files.
KernelSettings read_kernel_settings(const std::string& root = "");

// The addresses of this namespace's interfaces, sorted; empty when they cannot be read.
std::vector<model::Address> own_addresses();

}  // namespace davylamp::conntrack
