#include "witness/ebpf/privileges.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace davylamp::ebpf {
namespace {

constexpr unsigned bpf_capability = 39;  // CAP_BPF, since Linux 5.8

bool may(const std::array<__user_cap_data_struct, 2>& held, unsigned capability) {
  return (held[capability / 32].effective >> (capability % 32) & 1U) != 0;
}

}  // namespace

std::string missing_privileges() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> held{};
  ::syscall(SYS_capget, &header, held.data());
  const bool bpf = may(held, bpf_capability) || may(held, CAP_SYS_ADMIN);
  const bool net = may(held, CAP_NET_ADMIN);
  if (bpf && net)
    return "CAP_BPF and CAP_NET_ADMIN are there, so a locked down kernel or a container's filter forbids it; use the "
           "conntrack witness instead";
  const std::string missing = !bpf && !net ? "CAP_BPF and CAP_NET_ADMIN are" : bpf ? "CAP_NET_ADMIN is" : "CAP_BPF is";
  return missing +
         " missing; run the collector with them (davylamp-agent --local, or AmbientCapabilities= of its unit), or "
         "leave "
         "ebpf out of the witnesses";
}

}  // namespace davylamp::ebpf
