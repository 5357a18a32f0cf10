// A small authoritative name server for one delegated zone: who asks for an agent's unique names is the resolver that
// its tunnel really uses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "contract/source.hpp"
#include "model/address.hpp"
#include "model/house_job.hpp"

namespace davylamp::canary {

struct Config {
  std::string zone;
  model::Endpoint listen;  // with a port; both UDP and TCP
  std::string name_server;
  std::optional<model::Address> address;
};

class Source : public contract::Source {
 public:
  virtual std::vector<model::Loss> losses() const = 0;
};

// Emits CanaryAsked for every canary that is asked for, and how it fares as SourceHealth. `clock` must outlive it.
std::unique_ptr<Source> make_source(Config config, const base::Clock& clock);

}  // namespace davylamp::canary
