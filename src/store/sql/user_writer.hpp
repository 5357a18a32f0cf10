// Keeps the totals of VPN users. What a batch changes is gathered first, so that each user is written once per batch.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"

namespace davylamp::sql {

// Whether a session is one more of its user's, or one that was counted before.
enum class UserShare { gained, kept };

class UserWriter {
 public:
  explicit UserWriter(Connection& connection);

  // Makes room for this many users.
  void expect(std::size_t users) { changes_.reserve(users); }
  // The session and increment must live until write().
  void add_session(const model::Session& session, UserShare share);
  void add_traffic(const contract::TrafficIncrement& increment);
  // A session that was counted for `user` turned out to be someone else's.
  void take_session(const std::string& user);
  // Writes what was gathered and forgets it.
  void write();
  void clear() {
    changes_.clear();
    taken_.clear();
  }

 private:
  struct Change {
    std::uint64_t sessions = 0;
    std::uint64_t taken = 0;  // that were counted before this batch
    model::Counters bytes;
    const model::Session* latest = nullptr;
    base::Time first_seen_at{};
    base::Time last_seen_at{};
  };
  using Row = std::pair<std::string_view, const Change*>;
  void take_from(const Row& row);
  void write(const std::vector<Row>& rows);

  std::unordered_map<std::string_view, Change> changes_;
  std::deque<std::string> taken_;  // names that changes_ has as keys
  BulkInsert upsert_;
  Statement take_session_;
  Statement drop_empty_;
};

}  // namespace davylamp::sql
