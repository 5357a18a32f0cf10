#include "witness/conntrack/conntrack_witness.hpp"

#include <gmock/gmock.h>

#include "contract/testing/witness_contract.hpp"

namespace davylamp::contract::testing {
namespace {

// The server tracks connections and counts their bytes; ends of TCP connections come after a second.
void track(const TwoHosts& hosts) {
  hosts.run_in_server(
      "sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 "
      "net.netfilter.nf_conntrack_tcp_timeout_time_wait=1 net.netfilter.nf_conntrack_tcp_timeout_close=1 "
      "net.netfilter.nf_conntrack_tcp_timeout_last_ack=1 && "
      "nft 'add table inet t; add chain inet t c { type filter hook input priority 0; }; "
      "add rule inet t c ct state new counter'");
}

void track_without_times(const TwoHosts& hosts) {
  track(hosts);
  hosts.run_in_server("sysctl -qw net.netfilter.nf_conntrack_timestamp=0");
}

std::unique_ptr<Witness> make(const WatchedPorts& ports, const base::Clock& clock) {
  return conntrack::make_witness({.ports = ports, .list_every = base::Milliseconds(100)}, clock);
}

void flush(const TwoHosts& hosts) {
  hosts.run_in_server("conntrack -F");
}

const WitnessCase with_times{.name = "WithStartTimes", .make = make, .prepare = track, .end_udp_flows = flush};
const WitnessCase without_times{
    .name = "WithoutStartTimes", .make = make, .prepare = track_without_times, .end_udp_flows = flush};

INSTANTIATE_TEST_SUITE_P(Conntrack, WitnessContract, ::testing::Values(with_times, without_times),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

}  // namespace
}  // namespace davylamp::contract::testing
