// From what the core decided to what the store writes.
#pragma once

#include <utility>

#include "contract/store.hpp"
#include "core/effects.hpp"

namespace davylamp::app {

// Takes everything but the changes and the commands out of `effects`.
inline contract::Batch take_batch(core::Effects& effects, std::uint64_t number) {
  contract::Batch batch;
  batch.number = number;
  batch.cursors = std::move(effects.cursors);
  batch.sessions = std::move(effects.sessions);
  batch.traffic = std::move(effects.traffic);
  batch.endpoints = std::move(effects.endpoints);
  batch.loads = std::move(effects.loads);
  batch.servers = std::move(effects.servers);
  batch.events = std::move(effects.events);
  batch.periods = std::move(effects.periods);
  batch.resets = std::move(effects.resets);
  batch.grants = std::move(effects.grants);
  batch.attempts = std::move(effects.attempts);
  batch.agents = std::move(effects.agents);
  batch.agent_hours = std::move(effects.agent_hours);
  batch.incidents = std::move(effects.incidents);
  batch.deliveries = std::move(effects.deliveries);
  return batch;
}

}  // namespace davylamp::app
