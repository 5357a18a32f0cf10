#include "api/user_export.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "api/user_record.hpp"

namespace davylamp::api {
namespace {

using contract::StoreReader;

constexpr std::size_t page_sessions = 100;
constexpr std::size_t page_events = 1'000;
constexpr std::size_t most_points = 2'000;  // of one session

void leave_out(UserExport& result, const std::string& what) {
  result.complete = false;
  result.text += (result.text.empty() ? "Left out, for there is too much: " : ", ") + what;
}

ExportedSession read_session(StoreReader& reader, model::Session session, std::size_t points) {
  ExportedSession exported;
  exported.endpoints = reader.endpoints(session.id);
  if (points > 0) exported.traffic = reader.session_traffic(session.id, std::min(points, most_points));
  exported.session = std::move(session);
  return exported;
}

struct SessionBatch {
  std::vector<ExportedSession> sessions;
  std::optional<std::string> cursor;
};

SessionBatch read_batch(StoreReader& reader, const contract::SessionQuery& query, std::size_t points) {
  auto page = reader.closed_sessions(query);
  SessionBatch batch{{}, page.next_cursor};
  for (auto& session : page.items) {
    batch.sessions.push_back(read_session(reader, std::move(session), points));
    points -= std::min(points, batch.sessions.back().traffic.points.size());
  }
  return batch;
}

class Gathering {
 public:
  Gathering(Resources& resources, std::string user, ExportBounds bounds)
      : resources_(resources), bounds_(bounds), points_(bounds.points) {
    result_.user = std::move(user);
    result_.exported_at = resources.clock.now();
  }

  io::Task<void> open_sessions();
  io::Task<void> closed_sessions();
  io::Task<void> limits();
  io::Task<void> events();
  io::Task<void> audit();
  UserExport take() { return std::move(result_); }

 private:
  void add(ExportedSession session) {
    points_ -= std::min(points_, session.traffic.points.size());
    result_.sessions.push_back(std::move(session));
  }

  Resources& resources_;
  ExportBounds bounds_;
  std::size_t points_;
  UserExport result_;
};

io::Task<void> Gathering::open_sessions() {
  std::vector<model::Session> open;
  for (const auto& [id, session] : resources_.view.sessions()) {
    if (session.user == result_.user && open.size() < bounds_.sessions) open.push_back(session);
  }
  for (auto& session : open) {
    auto exported = co_await resources_.reader.call(
        [&](StoreReader& reader) { return read_session(reader, std::move(session), points_); });
    add(std::move(exported));
  }
}

io::Task<void> Gathering::closed_sessions() {
  contract::SessionQuery query;
  query.users = {result_.user};
  for (;;) {
    if (result_.sessions.size() >= bounds_.sessions) {
      leave_out(result_, "older sessions");
      break;
    }
    query.limit = std::min(page_sessions, bounds_.sessions - result_.sessions.size());
    auto batch =
        co_await resources_.reader.call([&](StoreReader& reader) { return read_batch(reader, query, points_); });
    for (auto& session : batch.sessions) add(std::move(session));
    if (!batch.cursor) break;
    query.cursor = std::move(batch.cursor);
  }
  if (points_ == 0) leave_out(result_, "traffic of older sessions");
  const auto to = result_.exported_at + base::Seconds(60);
  result_.traffic = co_await resources_.reader.call(
      [&](StoreReader& reader) { return reader.user_traffic(result_.user, base::Time{}, to); });
}

io::Task<void> Gathering::limits() {
  auto all = co_await resources_.limits.call([](contract::LimitStore& store) { return store.limits(); });
  const auto& user = result_.user;
  result_.groups = groups_of(all, user);
  result_.block = block_of(all, user);
  result_.quotas = quotas_of(resources_.view, user, result_.groups);
  std::set<std::uint64_t> own;
  for (auto& limit : all.limits) {
    if (limit.subject_kind != model::LimitSubject::user || limit.subject != user) continue;
    own.insert(limit.id);
    result_.limits.push_back(std::move(limit));
  }
  const auto concerns = [&](const auto& item) { return item.user == user || own.contains(item.limit_id); };
  std::ranges::copy_if(all.grants, std::back_inserter(result_.grants), concerns);
  std::ranges::copy_if(all.resets, std::back_inserter(result_.resets), concerns);
  // A limit's periods are kept under the member's name, or under no name for a user's own limit.
  std::set<QuotaKey> keys;
  for (const auto id : own) {
    keys.insert({id, user});
    keys.insert({id, ""});
  }
  for (const auto& quota : result_.quotas) {
    if (quota.user == user) keys.insert({quota.limit_id, user});
  }
  for (const auto& key : keys) {
    auto periods = co_await resources_.limits.call(
        [&](contract::LimitStore& store) { return store.periods(key.limit_id, key.user, 1'000); });
    std::ranges::move(periods, std::back_inserter(result_.periods));
  }
}

io::Task<void> Gathering::events() {
  std::optional<std::uint64_t> before;
  for (;;) {
    auto page = co_await resources_.reader.call(
        [&](StoreReader& reader) { return reader.user_events(result_.user, page_events, before); });
    const bool more = page.size() == page_events;
    std::ranges::move(page, std::back_inserter(result_.events));
    if (!more) co_return;
    before = result_.events.back().id;
    if (result_.events.size() >= bounds_.events) {
      leave_out(result_, "older events");
      co_return;
    }
  }
}

io::Task<void> Gathering::audit() {
  auto lines =
      co_await resources_.accounts.call([&](contract::AccountStore& store) { return store.audit(bounds_.audit); });
  if (lines.size() >= bounds_.audit) leave_out(result_, "older lines of the audit log");
  for (auto& line : lines) {
    if (line.subject == result_.user) result_.audit.push_back(std::move(line));
  }
}

}  // namespace

io::Task<UserExport> gather_user(Resources& resources, std::string user, ExportBounds bounds) {
  Gathering gathering(resources, std::move(user), bounds);
  co_await gathering.open_sessions();
  co_await gathering.closed_sessions();
  co_await gathering.limits();
  co_await gathering.events();
  co_await gathering.audit();
  co_return gathering.take();
}

}  // namespace davylamp::api
