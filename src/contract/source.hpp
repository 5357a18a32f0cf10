// A place that observations come from.
#pragma once

#include "io/task.hpp"
#include "model/command.hpp"
#include "model/observation.hpp"

namespace davylamp::contract {

// Where a source puts what it saw. Never blocks, never throws; what does not fit is dropped and counted.
class ObservationSink {
 public:
  virtual ~ObservationSink() = default;
  virtual void emit(base::Time at, model::Fact fact) = 0;
};

// Lives on the collect role's loop.
class Source {
 public:
  virtual ~Source() = default;
  // Emits until cancelled. Throws when it cannot go on; the supervisor starts it again after a pause.
  virtual io::Task<void> run(ObservationSink& sink) = 0;
  // Tells the source that the supervisor will wait `seconds` before the next run because of `error`.
  virtual void failed(ObservationSink& sink, const base::Error& error, base::Seconds seconds) = 0;
  // A command for this source (EndSession, ReportBy) or for all (RefuseUsers). Never blocks; what a source cannot do it
  // answers with CommandDone, if the command has an id. Called between, before and during runs, on the same loop.
  virtual void carry_out(ObservationSink& sink, const model::Command& command) = 0;
};

}  // namespace davylamp::contract
