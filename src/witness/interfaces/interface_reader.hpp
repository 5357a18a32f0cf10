// The kernel's own totals of network interfaces.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/evidence.hpp"

namespace davylamp::interfaces {

// Belongs to one thread. Costs a fraction of a microsecond per interface.
class InterfaceReader {
 public:
  virtual ~InterfaceReader() = default;
  // Those whose names match one of `patterns` ("tun0", "ppp*"), in order of name, as they are now. Throws Failure.
  virtual std::vector<model::InterfaceFacts> read(const std::vector<std::string>& patterns) = 0;
};

std::unique_ptr<InterfaceReader> make_interface_reader();

}  // namespace davylamp::interfaces
