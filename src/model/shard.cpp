#include "model/shard.hpp"

#include "base/hash.hpp"

namespace davylamp::model {

std::uint64_t node_hash(std::string_view node) {
  return base::fnv1a(node);
}

std::uint32_t shard_of_node(std::string_view node, std::uint32_t count) {
  return count <= 1 ? 0 : static_cast<std::uint32_t>(node_hash(node) % count);
}

std::uint32_t shard_of(const SourceId& source, std::uint32_t count) {
  if (source.kind == "hub" || source.kind == "canary") return 0;
  return shard_of_node(source.node, count);
}

}  // namespace davylamp::model
