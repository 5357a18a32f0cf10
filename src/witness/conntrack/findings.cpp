#include "witness/conntrack/findings.hpp"

#include <cerrno>
#include <cstring>

namespace davylamp::conntrack {

std::string sentence_of(const KernelSettings& settings, std::size_t uncounted) {
  if (settings.accounting == false) {
    return "it sees the peers, not their bytes: the kernel does not count them; sysctl -w "
           "net.netfilter.nf_conntrack_acct=1 lets it count those of connections that begin from then on";
  }
  if (settings.count == std::uint64_t{0}) {
    return "the kernel tracks no connection here: there is none, or no firewall rule uses connection tracking; one "
           "such as \"ct state established,related accept\" makes the kernel begin";
  }
  if (settings.events == std::uint32_t{0}) {
    return "it lists connections with their bytes; the kernel tells no ends (net.netfilter.nf_conntrack_events=0), so "
           "the bytes of each connection's last seconds are missing; sysctl -w net.netfilter.nf_conntrack_events=1";
  }
  if (uncounted > 0) {
    return "it sees every connection; some began before the kernel was told to count and have no bytes until they "
           "begin anew";
  }
  return "it sees every connection that the kernel tracks, with the bytes of whole IP packets";
}

base::Error not_loaded() {
  return {"refused",
          "the kernel tracks no connections: nf_conntrack is not loaded, because no firewall rule uses it; a rule with "
          "\"ct state\" loads it"};
}

base::Error not_allowed() {
  return {"refused",
          "connection tracking may only be read with the capability CAP_NET_ADMIN: let davylamp-agent collect, or add "
          "it to AmbientCapabilities of the service"};
}

base::Error listing_refused(int error_number) {
  if (error_number == EPERM || error_number == EACCES) return not_allowed();
  return {"refused", std::string("the kernel does not list its tracked connections (") + std::strerror(error_number) +
                         "): modprobe nf_conntrack_netlink"};
}

}  // namespace davylamp::conntrack
