#include "store/sql/erase_user.hpp"

#include "model/incident_subject.hpp"
#include "store/limits_rules.hpp"
#include "store/series.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/engine.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/tier_sql.hpp"

namespace davylamp::sql {
namespace {

struct Rows {
  base::Time first{};
  base::Time last{};
};

// From the first to the last row of a tier; nothing when it is empty.
std::optional<Rows> rows_of(Connection& connection, const std::string& tier) {
  Statement ends(connection,
                 "SELECT (SELECT min(at) FROM traffic_" + tier + "), (SELECT max(at) FROM traffic_" + tier + ")");
  ends.step();
  if (ends.is_null(0)) return std::nullopt;
  return Rows{ends.get<base::Time>(0), ends.get<base::Time>(1)};
}

bool has_open_session(Connection& connection, const std::string& user) {
  Statement open(connection,
                 "SELECT 1 FROM sessions INDEXED BY sessions_open WHERE state = 'open' AND \"user\" = ?1 LIMIT 1");
  open.bind_all(user);
  return open.step();
}

// The last bytes of a session may have been written a while after it was closed.
std::int64_t erase_minutes(Connection& connection, const std::string& user) {
  const auto kept = rows_of(connection, "minute");
  if (!kept) return 0;
  Statement sessions(connection,
                     "SELECT id, opened_at, closed_at FROM sessions WHERE state = 'closed' AND \"user\" = ?1");
  Statement remove(connection, "DELETE FROM traffic_minute WHERE session_id = ?3 AND at IN (" +
                                   steps_sql(store::minute) + "SELECT step_at FROM steps)");
  sessions.bind_all(user);
  std::int64_t removed = 0;
  while (sessions.step()) {
    const auto first = std::max(base::floor_to(sessions.get<base::Time>(1), store::minute), kept->first);
    const auto last = std::min(base::floor_to(sessions.get<base::Time>(2), store::day) + store::day, kept->last);
    remove.bind_all(first, last, sessions.get<std::uint64_t>(0));
    removed += remove.run();
  }
  return removed;
}

// The bytes stay in the sums of servers, under no name.
std::int64_t unname(Connection& connection, const std::string& tier, base::Seconds step, const std::string& user) {
  const auto kept = rows_of(connection, tier);
  if (!kept) return 0;
  const auto table = "traffic_" + tier;
  Statement add(connection,
                "INSERT INTO " + table + " (at, \"user\", server, rx_bytes, tx_bytes) " + steps_sql(step) +
                    "SELECT at, '', server, rx_bytes, tx_bytes FROM steps JOIN " + table +
                    " ON at = step_at AND \"user\" = ?3 WHERE true ON CONFLICT (at, \"user\", server) DO UPDATE SET " +
                    add_bytes_sql(table));
  add.bind_all(kept->first, kept->last, user);
  add.run();
  Statement remove(connection, "DELETE FROM " + table + " WHERE \"user\" = ?3 AND at IN (" + steps_sql(step) +
                                   "SELECT step_at FROM steps)");
  remove.bind_all(kept->first, kept->last, user);
  return remove.run();
}

// Limits go with their grants and resets. A reset and a grant of a limit of the user's group name the member.
std::int64_t erase_rules(Connection& connection, const std::string& user) {
  std::int64_t removed = 0;
  for (const std::string_view sql :
       {"DELETE FROM grants WHERE \"user\" = ?1 OR limit_id IN (SELECT id FROM limits WHERE subject_kind = 'user' "
        "AND subject = ?1)",
        "DELETE FROM resets WHERE \"user\" = ?1 OR limit_id IN (SELECT id FROM limits WHERE subject_kind = 'user' "
        "AND subject = ?1)",
        "DELETE FROM usage_periods WHERE \"user\" = ?1 OR limit_id IN (SELECT id FROM limits WHERE "
        "subject_kind = 'user' AND subject = ?1)",
        "DELETE FROM limits WHERE subject_kind = 'user' AND subject = ?1", "DELETE FROM blocks WHERE \"user\" = ?1",
        "DELETE FROM group_members WHERE \"user\" = ?1"}) {
    removed += run(connection, sql, user);
  }
  return removed;
}

// "'quota_near', 'user_connected', ..."
std::string conditions_of_users() {
  std::string list;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::ConditionKind>>([&](auto condition) {
    if (model::is_of_user(condition.value)) list += (list.empty() ? "'" : ", '") + std::string(condition.name) + "'";
  });
  return list;
}

std::int64_t erase_alerts(Connection& connection, const std::string& user) {
  const auto of_user = "subject = ?1 AND condition IN (" + conditions_of_users() + ")";
  auto removed = run(
      connection, "DELETE FROM deliveries WHERE incident_id IN (SELECT id FROM incidents WHERE " + of_user + ")", user);
  removed += run(connection, "DELETE FROM incidents WHERE " + of_user, user);
  auto rules = run(connection, "DELETE FROM alert_rules WHERE " + of_user, user);
  rules +=
      run(connection, "DELETE FROM silences WHERE (" + of_user + ") OR (subject = ?1 AND condition IS NULL)", user);
  if (rules > 0) grow_alerting_revision(connection);
  return removed + rules;
}

// The salt goes, too (store/audit_chain.hpp): the chain holds without it.
void erase_audit(Connection& connection, const std::string& user) {
  Statement lines(connection, "SELECT id, action FROM audit WHERE subject = ?1");
  Statement erase(connection,
                  "UPDATE audit SET subject = ?2, reason = '', detail_hash = substr(detail_hash, 1, 64) WHERE id = ?1");
  std::vector<std::int64_t> about;
  lines.bind_all(user);
  while (lines.step()) {
    if (store::is_about_user({.account = "", .action = lines.text(1), .subject = user, .remote_address = ""}, user))
      about.push_back(lines.integer(0));
  }
  for (const auto id : about) {
    erase.bind_all(id, store::erased_subject);
    erase.run();
  }
}

// What is removed is overwritten as well, or it could be read in the file until its space is used again.
class Thoroughly {
 public:
  explicit Thoroughly(Connection& connection) : connection_(connection) { connection_.delete_thoroughly(true); }
  Thoroughly(const Thoroughly&) = delete;
  Thoroughly& operator=(const Thoroughly&) = delete;
  ~Thoroughly() {
    try {
      connection_.delete_thoroughly(false);
    } catch (const std::exception&) {
      return;  // then deletions of others are thorough, too
    }
  }

 private:
  Connection& connection_;
};

}  // namespace

base::Result<std::uint64_t> erase_user(Connection& connection, const std::string& user) {
  if (user.empty()) return store::nameless_user();
  if (has_open_session(connection, user)) return store::user_in_use(user);
  const Thoroughly thoroughly(connection);
  auto removed = erase_minutes(connection, user);
  const std::string_view of_sessions = "(SELECT id FROM sessions WHERE state = 'closed' AND \"user\" = ?1)";
  removed += run(connection, "DELETE FROM endpoints WHERE session_id IN " + std::string(of_sessions), user);
  removed +=
      run(connection, "DELETE FROM events WHERE \"user\" = ?1 OR session_id IN " + std::string(of_sessions), user);
  removed += run(connection, "DELETE FROM sessions WHERE state = 'closed' AND \"user\" = ?1", user);
  removed += unname(connection, "hour", store::hour, user);
  removed += unname(connection, "day", store::day, user);
  removed += run(connection, "DELETE FROM users WHERE \"user\" = ?1", user);
  removed += run(connection, "DELETE FROM attempts WHERE \"user\" = ?1", user);
  removed += erase_rules(connection, user);
  removed += erase_alerts(connection, user);
  erase_audit(connection, user);
  return static_cast<std::uint64_t>(removed);
}

}  // namespace davylamp::sql
