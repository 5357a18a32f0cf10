// The seam through which another monitor's records come in. Like the store's other objects: calls block, throw
// base::Failure when the store fails, and must come from one thread per object.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/ledger.hpp"

namespace davylamp::contract {

// A closed session as another monitor recorded it. `key` names it among all of that monitor's, for good. The ids in
// `session` and `traffic` are ignored; `traffic` adds up to the session's bytes.
struct ImportedSession {
  std::string key;
  model::Session session;
  std::vector<model::TrafficIncrement> traffic;
};

struct ImportCount {
  std::uint64_t added = 0;
  model::Counters added_bytes;
  std::uint64_t present = 0;  // whose key was imported before
  model::Counters present_bytes;
};

// Imported sessions get ids from here on, far above those that the tracker gives: 2^52 and 51 bits of a hash of `key`.
inline constexpr model::SessionId first_imported_id = std::uint64_t{1} << 52U;

class ImportStore {
 public:
  virtual ~ImportStore() = default;
  // Writes those of `sessions` whose key is not there yet, with their traffic in all tiers, into their users and
  // servers: all in one transaction, beside a daemon that may be running. With `dry_run` only counts. `tool` names the
  // monitor.
  virtual ImportCount import(const std::string& tool, const std::vector<ImportedSession>& sessions, bool dry_run) = 0;
};

}  // namespace davylamp::contract
