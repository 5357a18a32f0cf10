// What this thread may do in the kernel.
#pragma once

#include <string>

namespace davylamp::ebpf {

// A sentence: which privileges for eBPF are missing, and what to do; or who else may forbid it.
std::string missing_privileges();

}  // namespace davylamp::ebpf
