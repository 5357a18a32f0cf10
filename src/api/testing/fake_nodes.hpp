// A store of nodes that a test looks into.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contract/store.hpp"

namespace davylamp::api::testing {

struct StoredNodes {
  std::map<std::string, model::Node> nodes;
  std::vector<model::AuditEntry> audit;
};

class FakeNodes : public contract::NodeStore {
 public:
  explicit FakeNodes(std::shared_ptr<StoredNodes> stored) : stored_(std::move(stored)) {}

  std::vector<model::Node> nodes() override {
    std::vector<model::Node> all;
    for (const auto& [name, node] : stored_->nodes) all.push_back(node);
    return all;
  }
  std::optional<model::Node> node_of(const std::string&) override { return std::nullopt; }
  void enrol(const model::Node& node, const model::AuditEntry& audit) override {
    stored_->nodes.insert_or_assign(node.name, node);
    stored_->audit.push_back(audit);
  }
  void note(const model::Node& node) override { stored_->nodes[node.name] = node; }
  base::Result<void> remove_node(const std::string& name, const model::AuditEntry& audit) override {
    if (stored_->nodes.erase(name) == 0) return base::fail("not_found", "There is no such node.");
    stored_->audit.push_back(audit);
    return {};
  }

 private:
  std::shared_ptr<StoredNodes> stored_;
};

}  // namespace davylamp::api::testing
