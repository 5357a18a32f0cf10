// What is done to the database as a whole.
#pragma once

#include "store/postgres/config.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::postgres {

// Each job has a session of its own, for as long as it takes.
class Upkeep final : public sql::Upkeep {
 public:
  explicit Upkeep(Config config) : config_(std::move(config)) {}
  // Makes the parts of divided tables that will be needed, and brings statistics up to date.
  std::string optimize() override;
  std::string checkpoint() override;
  std::string vacuum() override;
  // Throws "not_here": a copy of the database is the server's business.
  std::string backup(const std::string& path) override;

 private:
  Config config_;
};

}  // namespace davylamp::postgres
