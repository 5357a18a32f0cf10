// The collect role: runs the sources and puts what they see on the bus.
#pragma once

#include <memory>
#include <vector>

#include "app/registry.hpp"
#include "app/role.hpp"

namespace davylamp::app {

class Collect {
 public:
  struct Dependencies {
    contract::Bus& bus;
    const base::Clock& clock;
    Log& log;
  };
  Collect(Role& role, const Config& config, Dependencies dependencies);
  ~Collect();

 private:
  class Sink;
  void supervise(NamedSource& named, Sink& sink);
  Role& role_;
  std::vector<NamedSource> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
};

}  // namespace davylamp::app
