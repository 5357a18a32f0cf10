#pragma once

#include "store/memory/tables.hpp"

namespace davylamp::memory {

struct ForgetRequest {
  base::Time now;
  const contract::Retention& retention;
  std::uint64_t limit;
};
// As contract::StoreWriter::forget. The caller holds the lock.
std::uint64_t forget(Tables& tables, const ForgetRequest& request);

}  // namespace davylamp::memory
