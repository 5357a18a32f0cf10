#include "witness/ebpf/ebpf_witness.hpp"

#include <gtest/gtest.h>

#include "contract/testing/witness_contract.hpp"

namespace davylamp::ebpf {
namespace {

using contract::testing::WitnessCase;
using contract::testing::WitnessContract;

Config quick(const contract::WatchedPorts& ports) {
  Config config;
  config.ports = ports;
  config.most_peers = 2'000;
  config.scan_every = base::Milliseconds(50);
  config.list_every = base::Milliseconds(100);
  config.forget_closed_after = base::Milliseconds(200);
  return config;
}

WitnessCase contract_case(const char* name, std::optional<AttachMode> mode) {
  WitnessCase subject;
  subject.name = name;
  subject.make = [mode](const contract::WatchedPorts& ports, const base::Clock& clock) {
    auto config = quick(ports);
    config.attach_mode = mode;
    return make_witness(config, clock);
  };
  subject.identities_last = false;
  return subject;
}

INSTANTIATE_TEST_SUITE_P(Ebpf, WitnessContract,
                         ::testing::Values(contract_case("best", std::nullopt),
                                           contract_case("clsact", AttachMode::clsact)),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace davylamp::ebpf
