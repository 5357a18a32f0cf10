// What every store must do with nodes and their tokens.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

class StoreNodesContract : public StoreContract {
 protected:
  static model::Node enrolled(const std::string& name, const std::string& token_hash) {
    model::Node node;
    node.name = name;
    node.token_hash = token_hash;
    node.enrolled_at = at(3);
    node.enrolled_by = "root";
    return node;
  }
  static model::Node measured(model::Node node) {
    node.last_seen_at = at(9);
    node.version = "1.0";
    node.skew_ms = -1'250;
    node.connected_to = "hub";
    return node;
  }
  std::unique_ptr<NodeStore> nodes = store->nodes();
};

TEST_P(StoreNodesContract, KeepsThemInOrderOfName) {
  nodes->enrol(enrolled("paris", "h2"), done("node_enrolled", "paris"));
  nodes->enrol(enrolled("berlin", "h1"), done("node_enrolled", "berlin"));
  EXPECT_EQ(nodes->nodes(), (std::vector{enrolled("berlin", "h1"), enrolled("paris", "h2")}));
  EXPECT_EQ(nodes->node_of("h2"), enrolled("paris", "h2"));
  EXPECT_EQ(nodes->node_of("h3"), std::nullopt);
  EXPECT_EQ(accounts->audit(10).at(0).subject, "berlin");
}

TEST_P(StoreNodesContract, KeepsWhatWasMeasured) {
  nodes->enrol(enrolled("berlin", "h1"), done("node_enrolled"));
  nodes->note(measured(enrolled("berlin", "another")));
  EXPECT_EQ(nodes->nodes(), std::vector{measured(enrolled("berlin", "h1"))});
  nodes->note(enrolled("berlin", "h1"));
  EXPECT_EQ(nodes->nodes(), std::vector{enrolled("berlin", "h1")});
}

TEST_P(StoreNodesContract, NotingBringsNobodyBack) {
  nodes->note(measured(enrolled("berlin", "h1")));
  EXPECT_TRUE(nodes->nodes().empty());
}

TEST_P(StoreNodesContract, ANewTokenTakesTheFormersPlace) {
  nodes->enrol(enrolled("berlin", "h1"), done("node_enrolled"));
  nodes->note(measured(enrolled("berlin", "h1")));
  nodes->enrol(enrolled("berlin", "h2"), done("node_enrolled"));
  EXPECT_EQ(nodes->node_of("h1"), std::nullopt);
  EXPECT_EQ(nodes->node_of("h2"), measured(enrolled("berlin", "h2")));
  EXPECT_EQ(nodes->nodes().size(), 1U);
}

TEST_P(StoreNodesContract, OneThatIsRemovedIsGone) {
  nodes->enrol(enrolled("berlin", "h1"), done("node_enrolled"));
  ASSERT_TRUE(nodes->remove_node("berlin", done("node_removed", "berlin")));
  EXPECT_EQ(nodes->remove_node("berlin", done("node_removed")).error().code, "not_found");
  EXPECT_TRUE(nodes->nodes().empty());
  EXPECT_EQ(accounts->audit(10).size(), 2U);
}

TEST_P(StoreNodesContract, EveryObjectOfAStoreSeesTheSame) {
  nodes->enrol(enrolled("berlin", "h1"), done("node_enrolled"));
  EXPECT_EQ(store->nodes()->nodes().size(), 1U);
}

}  // namespace davylamp::contract::testing
