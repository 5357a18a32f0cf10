#include "witness/ebpf/ebpf_witness.hpp"

#include "base/result.hpp"

namespace davylamp::ebpf {

std::unique_ptr<contract::Witness> make_witness(const Config&, const base::Clock&) {
  throw base::Failure("refused", "not here yet");
}

}  // namespace davylamp::ebpf
