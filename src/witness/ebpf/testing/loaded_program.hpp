// The program on devices of the server of two hosts, and what it tells; without a loop: the test says when it looks.
#pragma once

#include <net/if.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "contract/testing/witness_scene.hpp"
#include "io/system_clock.hpp"
#include "witness/ebpf/attachments.hpp"
#include "witness/ebpf/flow_teller.hpp"

namespace davylamp::ebpf::testing {

using contract::testing::TwoHosts;

// The last word of everything.
class LastWord final : public contract::FlowSink {
 public:
  void seen(base::Time, const model::FlowSeen& flow) override { flows[flow.identity] = flow; }
  void ended(base::Time, const model::FlowEnded& flow) override { ends[flow.identity] = flow; }
  void begin_listing(base::Time) override {}
  void end_listing(base::Time) override {}
  void judged(base::Time, const model::Address& address, const model::Quality& quality) override {
    inner[address.to_string()] = quality;
  }
  void told(model::WitnessState, std::string) override {}

  std::optional<model::FlowSeen> flow_of(const std::string& address) const {
    for (const auto& [identity, flow] : flows)
      if (flow.peer.address.to_string() == address) return flow;
    return std::nullopt;
  }

  std::map<std::uint64_t, model::FlowSeen> flows;
  std::map<std::uint64_t, model::FlowEnded> ends;
  std::map<std::string, model::Quality> inner;
};

class LoadedProgram {
 public:
  LoadedProgram(TwoHosts& hosts, const contract::WatchedPorts& ports, std::uint32_t most_flows = 1024)
      : hosts_(hosts), program(most_flows), teller(program, {}, 42) {
    while (program.offer_slots(most_flows)) continue;
    program.watch(ports);
    attachments = hosts_.in_server([&] { return std::make_unique<Attachments>(best_attach_mode(program)); });
  }
  void attach(const std::string& device, const ProgramPair& programs) {
    hosts_.in_server([&] {
      const auto index = static_cast<int>(::if_nametoindex(device.c_str()));
      if (index == 0 || !attachments->attach(index, programs)) throw std::runtime_error("no device " + device);
    });
  }
  void count_at(const std::string& device) { attach(device, program.uplink()); }
  // As if it looked so much later than now.
  LastWord& look(base::Milliseconds later = base::Milliseconds(0)) {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch() + later;
    const Moment now{clock_.now() + later, static_cast<std::uint64_t>(std::chrono::nanoseconds(steady).count())};
    teller.look(now);
    while (teller.tell_some(told, 3)) continue;
    teller.judge(told, now);
    return told;
  }

 private:
  TwoHosts& hosts_;
  io::SystemClock clock_;

 public:
  KernelProgram program;
  FlowTeller teller;
  std::unique_ptr<Attachments> attachments;
  LastWord told;
};

// Why eBPF cannot be tested here; nothing: it can.
inline std::optional<std::string> impossible() {
  if (!TwoHosts::possible()) return "network namespaces cannot be made here";
  try {
    const KernelProgram program(1024);
  } catch (const base::Failure& refused) {
    return refused.error().message;
  }
  return std::nullopt;
}

}  // namespace davylamp::ebpf::testing
