#include "store/sqlite/import_store.hpp"

#include <map>
#include <set>

#include "store/series.hpp"
#include "store/sql/session_writer.hpp"
#include "store/sql/traffic_writer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sqlite {

using sql::SessionWriter;
using sql::TrafficWriter;
using sql::UserShare;
using sql::UserWriter;
namespace {

using contract::ImportCount;
using contract::ImportedSession;

constexpr std::uint64_t ids = std::uint64_t{1} << 51U;

// FNV-1a, and the finish of MurmurHash3 so that every bit of the key reaches the lowest ones.
std::uint64_t hash_of(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33U);
}

void add(model::Counters& sum, const model::Counters& bytes) {
  sum = {store::saturating_sum(sum.rx_bytes, bytes.rx_bytes), store::saturating_sum(sum.tx_bytes, bytes.tx_bytes)};
}

class Importer final : public contract::ImportStore {
 public:
  explicit Importer(const std::string& path)
      : connection_(path, Access::write),
        key_of_(connection_, "SELECT peer FROM sessions WHERE id = ?1"),
        sessions_(connection_, model::Shard{}),
        users_(connection_),
        unused_users_(connection_),
        traffic_(connection_, model::Shard{}) {}

  ImportCount import(const std::string& tool, const std::vector<ImportedSession>& sessions, bool dry_run) override {
    sessions_.forget_what_is_stored();
    Transaction transaction(connection_, Unit::write);
    const auto count = choose(tool, sessions);
    if (dry_run) return count;
    write(tool);
    transaction.commit();
    return count;
  }

 private:
  // The id that `key` has or will have.
  struct Place {
    model::SessionId id;
    bool taken;
  };
  Place place_of(const std::string& key) {
    auto offset = hash_of(key) % ids;
    while (true) {
      const auto id = contract::first_imported_id + offset;
      const auto chosen = chosen_.find(id);
      key_of_.bind_all(id);
      const bool stored = key_of_.step();
      const bool is_same = stored ? key_of_.text(0) == key : chosen != chosen_.end() && chosen->second == key;
      key_of_.reset();
      if (is_same) return {id, true};
      if (!stored && chosen == chosen_.end()) return {id, false};
      offset = (offset + 1) % ids;
    }
  }

  ImportCount choose(const std::string& tool, const std::vector<ImportedSession>& sessions) {
    ImportCount count;
    chosen_.clear();
    rows_.clear();
    for (const auto& given : sessions) {
      auto key = tool + " " + given.key;
      const auto [id, taken] = place_of(key);
      const auto bytes = given.session.counters();
      add(taken ? count.present_bytes : count.added_bytes, bytes);
      ++(taken ? count.present : count.added);
      if (taken) continue;
      chosen_.emplace(id, key);
      auto& row = rows_.emplace_back(Row{std::move(key), given.session, given.traffic});
      row.session.id = id;
      for (auto& increment : row.traffic) increment.session_id = id;
    }
    return count;
  }

  void write(const std::string& tool) {
    users_.clear();
    unused_users_.clear();
    std::vector<contract::StoredSession> stored;
    stored.reserve(rows_.size());
    std::vector<contract::TrafficIncrement> increments;
    std::map<std::pair<base::Time, std::string>, model::Counters> hours;
    for (const auto& row : rows_) stored.push_back({{"import", "import", tool}, row.key, row.session});
    sessions_.write(stored, 1, unused_users_);
    unused_users_.clear();
    for (auto& row : rows_) {
      // A user's latest session stays one of the tracker's: an imported id says nothing about the time.
      row.session.id = 0;
      users_.add_session(row.session, UserShare::gained);
      for (const auto& increment : row.traffic) {
        users_.add_traffic(increment);
        increments.push_back(increment);
        add(hours[{base::floor_to(increment.at, store::minute), increment.server}], increment.bytes);
      }
    }
    users_.write();
    traffic_.write(increments);
    std::vector<contract::ServerLoad> loads;
    for (const auto& [key, bytes] : hours) {
      if (!bytes.is_zero()) loads.push_back({.at = key.first, .server = key.second, .sessions = 0, .bytes = bytes});
    }
    traffic_.write_peaks(traffic_.write(loads));
  }

  struct Row {
    std::string key;
    model::Session session;
    std::vector<model::TrafficIncrement> traffic;
  };
  Connection connection_;
  Statement key_of_;
  SessionWriter sessions_;
  UserWriter users_;
  UserWriter unused_users_;
  TrafficWriter traffic_;
  std::map<model::SessionId, std::string> chosen_;
  std::vector<Row> rows_;
};

}  // namespace

std::unique_ptr<contract::ImportStore> open_import(const std::string& path) {
  return std::make_unique<Importer>(path);
}

}  // namespace davylamp::sqlite
