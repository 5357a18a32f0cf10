#pragma once

#include "contract/store.hpp"

namespace davylamp::sql {

class Nodes final : public contract::NodeStore {
 public:
  std::vector<model::Node> nodes() override { return {}; }
  std::optional<model::Node> node_of(const std::string&) override { return {}; }
  void enrol(const model::Node&, const model::AuditEntry&) override {
    throw base::Failure("not_built", "this is not built yet");
  }
  void note(const model::Node&) override {}
  base::Result<void> remove_node(const std::string&, const model::AuditEntry&) override {
    throw base::Failure("not_built", "this is not built yet");
  }
};

}  // namespace davylamp::sql
