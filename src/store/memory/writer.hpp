#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Writer final : public contract::StoreWriter {
 public:
  explicit Writer(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  void commit(const contract::Batch& batch) override;
  contract::Checkpoint load_checkpoint() override;
  std::uint64_t forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) override;
  void maintain() override {}

 private:
  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
