// Hosts whose collectors may deliver over the network.
#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Nodes final : public contract::NodeStore {
 public:
  explicit Nodes(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  std::vector<model::Node> nodes() override;
  std::optional<model::Node> node_of(const std::string& token_hash) override;
  void enrol(const model::Node& node, const model::AuditEntry& audit) override;
  void note(const model::Node& node) override;
  base::Result<void> remove_node(const std::string& name, const model::AuditEntry& audit) override;

 private:
  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
