#include "store/paging.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/row.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {

std::vector<model::Event> Reader::events(std::size_t limit, std::optional<std::uint64_t> before) {
  Statement rows(connection_,
                 "SELECT " + column_list<model::Event>() + " FROM events WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
  rows.bind_all(before.value_or(store::greatest_number), static_cast<std::uint64_t>(store::page_size(limit)));
  std::vector<model::Event> events;
  while (rows.step()) events.push_back(read_row<model::Event>(rows));
  return events;
}

// Nothing that people look at asks for this: it reads the events one by one, and spares the writer an index.
std::vector<model::Event> Reader::user_events(const std::string& user, std::size_t limit,
                                              std::optional<std::uint64_t> before) {
  Statement rows(connection_, "SELECT " + column_list<model::Event>() +
                                  " FROM events WHERE id < ?1 AND \"user\" = ?2 ORDER BY id DESC LIMIT ?3");
  rows.bind_all(before.value_or(store::greatest_number), user, static_cast<std::uint64_t>(store::page_size(limit)));
  std::vector<model::Event> events;
  while (rows.step()) events.push_back(read_row<model::Event>(rows));
  return events;
}

std::vector<model::Server> Reader::servers() {
  Statement rows(connection_, "SELECT " + column_list<model::Server>() + " FROM servers ORDER BY name");
  std::vector<model::Server> servers;
  while (rows.step()) servers.push_back(read_row<model::Server>(rows));
  return servers;
}

}  // namespace davylamp::sql
