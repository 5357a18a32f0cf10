// Looks at the fences now and then, for the servers' cards.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/geofence/fence_reader.hpp"
#include "io/task.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

// On one loop; what blocks runs on a worker.
class FenceWatch {
 public:
  explicit FenceWatch(const std::string& state_directory)
      : reader_("fences", std::make_unique<FenceReader>(state_directory)) {}
  // As it was at the last look.
  std::optional<model::FenceFacts> of(const std::string& service) const;
  // Looks every ten seconds; calls `changed` for each service whose fence is another than at the look before.
  io::Task<void> run(std::function<void(const std::string& service)> changed);

 private:
  io::Worker<FenceReader> reader_;
  FenceFactsByService facts_;
};

}  // namespace davylamp::app
