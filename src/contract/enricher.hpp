// Adds to an address what offline databases know of it.
#pragma once

#include "model/place.hpp"

namespace davylamp::contract {

// Called from one thread. Never blocks on the network, never throws: what is unknown stays absent.
class Enricher {
 public:
  virtual ~Enricher() = default;
  virtual model::Place place(const model::Address& address) const = 0;
};

}  // namespace davylamp::contract
