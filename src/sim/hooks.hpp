// The scripts a server runs at connect and disconnect.
#pragma once

#include <string>
#include <vector>

namespace davylamp::sim {

class Hooks {
 public:
  Hooks() = default;
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;
  virtual ~Hooks() = default;
  // `environment` holds "name=value". False: the client is refused.
  virtual bool connect(const std::vector<std::string>& environment) = 0;
  // False: it was not run.
  virtual bool disconnect(const std::vector<std::string>& environment) = 0;
};

}  // namespace davylamp::sim
