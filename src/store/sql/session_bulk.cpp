// Writing sessions many at a time, for engines whose answers are dear: what is stored of them is looked up first.
#include <algorithm>

#include "store/sql/session_writer.hpp"

namespace davylamp::sql {

std::unordered_map<model::SessionId, SessionWriter::Known> SessionWriter::look_up(const std::vector<Row>& rows,
                                                                                  model::SessionId next_id) {
  std::vector<model::SessionId> ids;
  for (const auto& row : rows) {
    const auto id = row.stored->session.id;
    if (!is_fresh(id, next_id)) ids.push_back(id);
  }
  std::unordered_map<model::SessionId, Known> known;
  const auto at_once = connection_.dialect().bulk_rows;
  for (std::size_t first = 0; first < ids.size(); first += at_once) {
    for (std::size_t i = 0; i < at_once; ++i)
      look_up_.bind(static_cast<int>(i) + 1, ids[std::min(first + i, ids.size() - 1)]);
    while (look_up_.step()) {
      known.insert_or_assign(look_up_.get<std::uint64_t>(0), Known{.user = look_up_.text(1),
                                                                   .peer = look_up_.text(2),
                                                                   .source = look_up_.integer(3),
                                                                   .open = look_up_.text_view(4) == "open"});
    }
    look_up_.reset();
  }
  return known;
}

void SessionWriter::write_many(const std::vector<Row>& rows, model::SessionId next_id, UserWriter& users) {
  auto known = look_up(rows, next_id);
  Gathered gathered;
  for (const auto& row : rows) {
    const auto& session = row.stored->session;
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

// A row that comes again takes the place of the one before.
void SessionWriter::gather(Gathered& gathered, std::vector<Row>& into, const Row& row) {
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
  gathered = {};
}

}  // namespace davylamp::sql
