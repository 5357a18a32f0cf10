#include "store/sql/forget.hpp"

#include <string_view>

#include "store/sql/audit.hpp"
#include "store/sql/engine.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {
namespace {

// ?1 is the time before which rows go, ?2 how many may. Events have ids in order of time and no index on it: only the
// oldest are looked at. Endpoints go before their sessions, so that a slice never leaves them behind.
struct Rule {
  base::Seconds contract::Retention::* kept;
  std::string_view sql;
};
constexpr Rule rules[] = {
    {&contract::Retention::minutes,
     "DELETE FROM traffic_minute WHERE (at, session_id) IN "
     "(SELECT at, session_id FROM traffic_minute WHERE at < ?1 ORDER BY at, session_id LIMIT ?2)"},
    {&contract::Retention::minutes,
     "DELETE FROM load_minute WHERE (at, server) IN "
     "(SELECT at, server FROM load_minute WHERE at < ?1 ORDER BY at, server LIMIT ?2)"},
    {&contract::Retention::hours,
     "DELETE FROM traffic_hour WHERE (at, \"user\", server) IN "
     "(SELECT at, \"user\", server FROM traffic_hour WHERE at < ?1 ORDER BY at, \"user\", server LIMIT ?2)"},
    {&contract::Retention::hours,
     "DELETE FROM load_hour WHERE (at, server) IN (SELECT at, server FROM load_hour WHERE at < ?1 ORDER BY at, server "
     "LIMIT ?2)"},
    {&contract::Retention::hours,
     "DELETE FROM peak_hour WHERE at IN (SELECT at FROM peak_hour WHERE at < ?1 ORDER BY at LIMIT ?2)"},
    {&contract::Retention::hours,
     "DELETE FROM agent_hours WHERE (at, agent) IN (SELECT at, agent FROM agent_hours WHERE at < ?1 ORDER BY at, agent "
     "LIMIT ?2)"},
    {&contract::Retention::days,
     "DELETE FROM traffic_day WHERE (at, \"user\", server) IN "
     "(SELECT at, \"user\", server FROM traffic_day WHERE at < ?1 ORDER BY at, \"user\", server LIMIT ?2)"},
    {&contract::Retention::days,
     "DELETE FROM load_day WHERE (at, server) IN (SELECT at, server FROM load_day WHERE at < ?1 ORDER BY at, server "
     "LIMIT ?2)"},
    {&contract::Retention::days,
     "DELETE FROM peak_day WHERE at IN (SELECT at FROM peak_day WHERE at < ?1 ORDER BY at LIMIT ?2)"},
    {&contract::Retention::days,
     "DELETE FROM usage_periods WHERE (limit_id, \"user\", start_at) IN "
     "(SELECT limit_id, \"user\", start_at FROM usage_periods WHERE end_at < ?1 LIMIT ?2)"},
    {&contract::Retention::sessions,
     "DELETE FROM endpoints WHERE (session_id, real_address, real_port) IN "
     "(SELECT session_id, endpoints.real_address, endpoints.real_port FROM sessions "
     "JOIN endpoints ON session_id = sessions.id WHERE state = 'closed' AND closed_at < ?1 LIMIT ?2)"},
    {&contract::Retention::sessions,
     "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE state = 'closed' AND closed_at < ?1 "
     "AND NOT EXISTS (SELECT 1 FROM endpoints WHERE session_id = sessions.id) LIMIT ?2)"},
    {&contract::Retention::events,
     "DELETE FROM events WHERE id IN (SELECT id FROM (SELECT id, at FROM events ORDER BY id LIMIT ?2) AS oldest WHERE "
     "at < ?1)"},
    {&contract::Retention::events,
     "DELETE FROM attempts WHERE (hour_at, source_id, boot, number) IN (SELECT hour_at, source_id, boot, number "
     "FROM attempts WHERE hour_at < ?1 ORDER BY hour_at, source_id, boot, number LIMIT ?2)"},
    {&contract::Retention::events,
     "DELETE FROM deliveries WHERE id IN (SELECT id FROM (SELECT id, made_at FROM deliveries WHERE state != 'waiting' "
     "ORDER BY id LIMIT ?2) AS oldest WHERE made_at < ?1)"},
    {&contract::Retention::events,
     "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE state = 'resolved' AND resolved_at < ?1 "
     "ORDER BY resolved_at LIMIT ?2)"},
    {&contract::Retention::events,
     "DELETE FROM silences WHERE id IN (SELECT id FROM silences WHERE ends_at < ?1 LIMIT ?2)"},
};

}  // namespace

std::uint64_t forget(Connection& connection, base::Time now, const contract::Retention& retention,
                     std::uint64_t limit) {
  Transaction transaction(connection, Unit::batch);
  std::uint64_t removed = 0;
  for (const auto& rule : rules) {
    const auto kept = retention.*rule.kept;
    if (kept.count() == 0 || removed >= limit) continue;
    Statement remove(connection, rule.sql);
    remove.bind_all(now - kept, limit - removed);
    removed += static_cast<std::uint64_t>(remove.run());
  }
  if (retention.audit.count() > 0 && removed < limit)
    removed += forget_audit(connection, now - retention.audit, limit - removed);
  transaction.commit();
  return removed;
}

}  // namespace davylamp::sql
