#include "model/shard.hpp"

namespace davylamp::model {

std::uint64_t node_hash(std::string_view node) {
  constexpr std::uint64_t offset = 14'695'981'039'346'656'037U;
  constexpr std::uint64_t prime = 1'099'511'628'211U;
  auto hash = offset;
  for (const char c : node) {
    hash ^= static_cast<unsigned char>(c);
    hash *= prime;
  }
  return hash;
}

std::uint32_t shard_of_node(std::string_view node, std::uint32_t count) {
  return count <= 1 ? 0 : static_cast<std::uint32_t>(node_hash(node) % count);
}

std::uint32_t shard_of(const SourceId& source, std::uint32_t count) {
  if (source.kind == "hub" || source.kind == "canary") return 0;
  return shard_of_node(source.node, count);
}

}  // namespace davylamp::model
