#include "store/memory/store.hpp"

#include "store/memory/accounts.hpp"
#include "store/memory/agents.hpp"
#include "store/memory/limits.hpp"
#include "store/memory/nodes.hpp"
#include "store/memory/reader.hpp"
#include "store/memory/writer.hpp"

namespace davylamp::memory {
namespace {

class Store final : public contract::Store {
 public:
  std::unique_ptr<contract::StoreWriter> writer(const model::Tenure& tenure) override {
    if (tenure.shard != model::Shard{}) throw base::Failure("shards", "a store in memory is for one daemon");
    return std::make_unique<Writer>(tables_);
  }
  std::unique_ptr<contract::StoreReader> reader() override { return std::make_unique<Reader>(tables_); }
  std::unique_ptr<contract::AccountStore> accounts() override { return std::make_unique<Accounts>(tables_); }
  std::unique_ptr<contract::LimitStore> limits() override { return std::make_unique<Limits>(tables_); }
  std::unique_ptr<contract::AgentStore> agents() override { return std::make_unique<Agents>(tables_); }
  std::unique_ptr<contract::AlertStore> alerts() override { return std::make_unique<Alerts>(tables_); }
  std::unique_ptr<contract::NodeStore> nodes() override { return std::make_unique<Nodes>(tables_); }

 private:
  std::shared_ptr<Tables> tables_ = std::make_shared<Tables>();
};

}  // namespace

std::unique_ptr<contract::Store> open() {
  return std::make_unique<Store>();
}

}  // namespace davylamp::memory
