// How the work of the process role is divided: by node, so that everything of a node meets in one place.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string_view>

#include "model/observation.hpp"

namespace davylamp::model {

// Ids that a shard gives are congruent to its index modulo this: shards never give the same one, whatever their number.
inline constexpr std::uint32_t most_shards = 64;

// One part of the whole, counted from 0. The first one, the chief, also has what is not of one node: agents, limits'
// events and periods, house jobs, bots.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;  // at most most_shards; 1: there is nothing to divide
  bool is_chief() const { return index == 0; }
  bool is_whole() const { return count == 1; }
  bool operator==(const Shard&) const = default;
};
BOOST_DESCRIBE_STRUCT(Shard, (), (index, count))

// A shard that is held under a lease. `epoch` grows with each new holder: who has an older one may not write.
struct Tenure {
  Shard shard;
  std::uint64_t epoch = 0;
};
BOOST_DESCRIBE_STRUCT(Tenure, (), (shard, epoch))

// FNV-1a, 64 bits: the same on every machine and in every version. The store keeps it beside each source.
std::uint64_t node_hash(std::string_view node);
std::uint32_t shard_of_node(std::string_view node, std::uint32_t count);
// Which of `count` shards has what this source says. Reports of agents and the canary are the chief's.
std::uint32_t shard_of(const SourceId& source, std::uint32_t count);
// Whose a row is that has no source, by its id.
inline std::uint32_t shard_of_id(std::uint64_t id, std::uint32_t count) {
  return static_cast<std::uint32_t>(id % most_shards % count);
}

}  // namespace davylamp::model
