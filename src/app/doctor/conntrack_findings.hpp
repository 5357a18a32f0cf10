// What `davylamp doctor` says of the kernel's connection tracking. Pure.
#pragma once

#include <vector>

#include "app/doctor/checks.hpp"
#include "witness/conntrack/kernel_settings.hpp"

namespace davylamp::app {

// For a host with a watched service that connection tracking is to witness. At least one line, topic "conntrack".
std::vector<Diagnosis> diagnose_conntrack(const conntrack::KernelSettings& settings);

// Whether the configuration asks for this witness anywhere.
bool wants_conntrack(const Config& config);

}  // namespace davylamp::app
