// One witness at work: run, run again after a pause when it broke, its words passed on.
#pragma once

#include <memory>

#include "contract/witness.hpp"
#include "io/task.hpp"

namespace davylamp::watch {

// Where the words of witnesses go, each with the number of the witness.
class WitnessEar {
 public:
  virtual ~WitnessEar() = default;
  virtual void seen(std::size_t witness, base::Time now, const model::FlowSeen& flow) = 0;
  virtual void ended(std::size_t witness, base::Time now, const model::FlowEnded& flow) = 0;
  virtual void begin_listing(std::size_t witness) = 0;
  virtual void end_listing(std::size_t witness, base::Time now) = 0;
  virtual void judged(base::Time now, const model::Address& virtual_address, const model::Quality& quality) = 0;
  virtual void told(std::size_t witness, base::Time now, model::WitnessState state) = 0;
};

class WitnessSeat : public contract::FlowSink {
 public:
  struct Place {
    std::size_t number;
    WitnessEar& ear;
    const base::Clock& clock;
  };
  WitnessSeat(std::unique_ptr<contract::Witness> witness, const Place& place)
      : witness_(std::move(witness)), number_(place.number), ear_(place.ear), clock_(place.clock) {}

  // Until it is cancelled. One that was refused is tried again once a minute, one that broke soon and then seldom.
  io::Task<void> run();
  contract::Witness& witness() { return *witness_; }
  const contract::Witness& witness() const { return *witness_; }
  model::WitnessState state() const { return state_; }
  const std::string& text() const { return text_; }

  void seen(base::Time now, const model::FlowSeen& flow) override { ear_.seen(number_, now, flow); }
  void ended(base::Time now, const model::FlowEnded& flow) override { ear_.ended(number_, now, flow); }
  void begin_listing(base::Time) override { ear_.begin_listing(number_); }
  void end_listing(base::Time now) override { ear_.end_listing(number_, now); }
  void judged(base::Time now, const model::Address& virtual_address, const model::Quality& quality) override {
    ear_.judged(now, virtual_address, quality);
  }
  void told(model::WitnessState state, std::string text) override;

 private:
  io::Task<void> run_once();
  void failed(const base::Error& error);

  std::unique_ptr<contract::Witness> witness_;
  std::size_t number_;
  WitnessEar& ear_;
  const base::Clock& clock_;
  model::WitnessState state_ = model::WitnessState::starting;
  std::string text_ = "not tried yet";
  bool refused_ = false;
};

}  // namespace davylamp::watch
