#include "store/sql/heartbeat_rows.hpp"

#include <span>
#include <string>
#include <utility>

#include "base/codec_read.hpp"

namespace davylamp::sql {
namespace {

// What is forgotten in one transaction, and in one call.
constexpr std::uint64_t forget_slice = 5'000;
constexpr std::uint64_t most_forgotten = 200'000;

}  // namespace

HeartbeatRows::HeartbeatRows(Connection& connection, std::string_view keep)
    : insert_(connection, "INSERT INTO heartbeats (number, received_at, heartbeat) VALUES", 3, ""),
      read_(connection, "SELECT number, heartbeat FROM heartbeats WHERE number > ?1 ORDER BY number LIMIT ?2"),
      forget_(connection,
              "DELETE FROM heartbeats WHERE number IN (SELECT number FROM heartbeats WHERE number <= ?1 AND "
              "received_at < ?2 " +
                  std::string(keep) + " ORDER BY number LIMIT ?3)") {}

std::uint64_t HeartbeatRows::write(std::vector<model::Heartbeat>& heartbeats, std::uint64_t last) {
  for (auto& heartbeat : heartbeats) heartbeat.number = ++last;
  insert_.write(std::span<const model::Heartbeat>(heartbeats),
                [](Statement& row, int index, const model::Heartbeat& heartbeat) {
                  row.bind_from(index, heartbeat.number, heartbeat.received_at.time_since_epoch().count(), heartbeat);
                });
  return last;
}

// One that this version does not understand is passed over: it must not hold up those behind it.
std::vector<model::Heartbeat> HeartbeatRows::read(std::uint64_t after, std::size_t most) {
  std::vector<model::Heartbeat> heartbeats;
  for (bool more = true; more && heartbeats.empty();) {
    more = false;
    read_.bind_all(after, static_cast<std::uint64_t>(most));
    while (read_.step()) {
      more = most > 0;
      after = read_.get<std::uint64_t>(0);
      auto heartbeat = base::json::read<model::Heartbeat>(read_.text_view(1));
      if (!heartbeat) continue;
      heartbeat->number = after;
      heartbeats.push_back(std::move(*heartbeat));
    }
    read_.reset();
  }
  return heartbeats;
}

std::uint64_t HeartbeatRows::forget(std::uint64_t number, base::Time before) {
  std::uint64_t removed = 0;
  while (removed < most_forgotten) {
    forget_.bind_all(number, before.time_since_epoch().count(), forget_slice);
    const auto rows = static_cast<std::uint64_t>(forget_.run());
    removed += rows;
    if (rows < forget_slice) break;
  }
  return removed;
}

}  // namespace davylamp::sql
