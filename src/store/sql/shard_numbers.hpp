// The single numbers of a store that a batch moves: rows of meta. Those of the whole and of the chief have plain names,
// those of shard N end in ".N".
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "model/shard.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

struct Numbers {
  std::uint64_t last_batch = 0;
  std::uint64_t next_session_id = 1;
  std::uint64_t next_event_id = 1;
  std::uint64_t next_incident_id = 1;
  std::uint64_t next_delivery_id = 1;
  std::uint64_t clamped_values = 0;
};
BOOST_DESCRIBE_STRUCT(Numbers, (),
                      (last_batch, next_session_id, next_event_id, next_incident_id, next_delivery_id, clamped_values))

class ShardNumbers {
 public:
  ShardNumbers(Connection& connection, const model::Shard& shard);
  // Within a transaction. Ids that this shard gives from now on are greater than every id that was stored before it was
  // given into these hands, also while the work was divided otherwise.
  Numbers load();
  // Writes what is not as it was in `before`.
  void save(const Numbers& before, const Numbers& after);

 private:
  Numbers of_others();

  Connection& connection_;
  std::string suffix_;
  Statement load_;
  Statement save_;
  std::optional<Numbers> others_;
};

}  // namespace davylamp::sql
