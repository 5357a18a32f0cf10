// Writing sessions many at a time, for engines that take lists. What this writer has stored of a session is remembered
// in short: nobody else writes it meanwhile. What is stored of the others is looked up first.
#include <algorithm>

#include "store/sql/session_writer.hpp"

namespace davylamp::sql {
namespace {

// Above this, what is stored is looked up again: 64 bytes each.
constexpr std::size_t most_remembered = 2'000'000;

}  // namespace

std::unordered_map<model::SessionId, SessionWriter::Known> SessionWriter::look_up(const std::vector<Row>& rows,
                                                                                  model::SessionId next_id) {
  std::unordered_map<model::SessionId, Known> known;
  bool any = false;
  look_up_->reset();
  for (const auto& row : rows) {
    const auto id = row.stored->session.id;
    if (is_fresh(id, next_id) || row.has_moved) continue;
    look_up_->bind(1, id);
    look_up_->end_row();
    any = true;
  }
  if (!any) return known;
  while (look_up_->step()) {
    known.insert_or_assign(look_up_->get<std::uint64_t>(0), Known{.user = look_up_->text(1),
                                                                  .peer = look_up_->text(2),
                                                                  .source = look_up_->integer(3),
                                                                  .open = look_up_->text_view(4) == "open"});
  }
  look_up_->reset();
  return known;
}

// Which rows are of open sessions that this writer stored with the same facts: they have moved, and nothing else.
void SessionWriter::remember(std::vector<Row>& rows) {
  if (facts_.size() > most_remembered) facts_.clear();
  for (auto& row : rows) {
    const auto& session = row.stored->session;
    if (session.state != model::SessionState::open) {
      facts_.erase(session.id);
      continue;
    }
    const auto digest = digest_.of(*row.stored, row.source);
    const auto [place, is_new] = facts_.try_emplace(session.id, digest);
    row.has_moved = !is_new && std::exchange(place->second, digest) == digest;
  }
}

void SessionWriter::write_many(std::vector<Row>& rows, model::SessionId next_id, UserWriter& users) {
  remember(rows);
  auto known = look_up(rows, next_id);
  Gathered gathered;
  for (const auto& row : rows) {
    const auto& session = row.stored->session;
    if (row.has_moved) {
      gather(gathered, gathered.moved, row);
      users.add_session(session, UserShare::kept);
      continue;
    }
    const bool open = session.state == model::SessionState::open;
    const Known now{.user = session.user, .peer = row.stored->peer, .source = row.source, .open = open};
    const auto [place, is_new] = known.try_emplace(session.id, now);
    const auto before = is_new ? now : std::exchange(place->second, now);
    auto share = UserShare::gained;
    if (is_new) {
      gather(gathered, gathered.fresh, row);
    } else if (before.open && open && before.user == now.user && before.peer == now.peer &&
               before.source == now.source) {
      gather(gathered, gathered.kept, row);
      share = UserShare::kept;
    } else {
      flush(gathered);
      bind(replace_, 1, row);
      replace_.post();
      if (before.user == now.user) {
        share = UserShare::kept;
      } else {
        users.take_session(before.user);
      }
    }
    users.add_session(session, share);
  }
  flush(gathered);
}

// A row that comes again takes the place of the one before, but for one that says more.
void SessionWriter::gather(Gathered& gathered, std::vector<Row>& into, const Row& row) {
  const auto before = gathered.places.find(row.stored->session.id);
  if (before != gathered.places.end() && before->second.first == &gathered.moved && !row.has_moved) flush(gathered);
  const auto [found, is_new] = gathered.places.try_emplace(row.stored->session.id, std::pair(&into, into.size()));
  if (is_new) {
    into.push_back(row);
  } else {
    found->second.first->at(found->second.second) = row;
  }
}

void SessionWriter::flush(Gathered& gathered) {
  insert(gathered.fresh);
  upsert_.write(std::span<const Row>(gathered.kept), bind);
  if (!gathered.moved.empty()) move(gathered.moved);
  gathered = {};
}

// One that is gone was taken away by somebody else's hand: the next try looks at what is there.
void SessionWriter::move(const std::vector<Row>& rows) {
  move_->reset();
  for (const auto& row : rows) {
    bind_moving(*move_, row.stored->session);
    move_->end_row();
  }
  if (move_->run() == static_cast<std::int64_t>(rows.size())) return;
  throw base::Failure("store_failed", "open sessions are gone from the database " + connection_.name() +
                                          " that this daemon had stored: they are written anew");
}

}  // namespace davylamp::sql
