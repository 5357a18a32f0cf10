// What happens at a management interface when somebody comes.
#pragma once

#include <string>

#include "app/doctor/host_facts.hpp"

namespace davylamp::app {

// Connects, reads what OpenVPN says first, sends nothing, leaves. Waits for at most `patience`. `management` as in the
// configuration.
Probe probe_management(const std::string& management, base::Milliseconds patience);

// As far as the file system tells, without connecting.
Probe look_at_socket(const std::string& management);

}  // namespace davylamp::app
