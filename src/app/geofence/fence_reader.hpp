// Talks: how fences stand, for the servers' cards.
#pragma once

#include <map>
#include <string>

#include "app/geofence/fences.hpp"
#include "model/fence.hpp"

namespace davylamp::app {

using FenceFactsByService = std::map<std::string, model::FenceFacts>;

// Of what Fences::show() tells. A fence that the kernel has lost is left out; without the right to look into the kernel
// its counters are.
FenceFactsByService fence_facts(const Fences::Show& show);

// Blocking: lives on a Worker. Runs nft only where there is a fence. A book that cannot be read has no fences.
class FenceReader {
 public:
  explicit FenceReader(const std::string& state_directory);
  FenceFactsByService read();

 private:
  Fences fences_;
};

}  // namespace davylamp::app
