#include "store/postgres/writer.hpp"

#include <algorithm>

#include "store/postgres/connection.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/timescale.hpp"
#include "store/postgres/upkeep.hpp"

namespace davylamp::postgres {

Writer::Writer(Config config, const model::Tenure& tenure)
    : config_(std::move(config)),
      rows_(std::make_unique<Connection>(config_), std::make_unique<Upkeep>(config_), tenure) {}

// What is compressed goes in whole chunks only.
std::uint64_t Writer::forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) {
  std::uint64_t removed = 0;
  auto by_rows = retention;
  {
    Connection connection(config_);
    if (has_hypertables(connection)) {
      removed = drop_chunks(connection, now, retention);
      if (has_compressed_chunks(connection)) by_rows.minutes = base::Seconds(0);
    } else {
      removed = drop_parts(connection, now, retention);
    }
  }
  if (removed >= limit) return limit;
  return removed + rows_.forget(now, by_rows, limit - removed);
}

}  // namespace davylamp::postgres
