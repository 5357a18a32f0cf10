// Hosts whose collectors may deliver over the network.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

class Nodes final : public contract::NodeStore {
 public:
  explicit Nodes(std::unique_ptr<Connection> connection) : owned_(std::move(connection)), connection_(*owned_) {}
  std::vector<model::Node> nodes() override;
  std::optional<model::Node> node_of(const std::string& token_hash) override;
  void enrol(const model::Node& node, const model::AuditEntry& audit) override;
  void note(const model::Node& node) override;
  base::Result<void> remove_node(const std::string& name, const model::AuditEntry& audit) override;

 private:
  std::unique_ptr<Connection> owned_;
  Connection& connection_;
};

}  // namespace davylamp::sql
