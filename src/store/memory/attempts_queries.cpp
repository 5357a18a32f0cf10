#include <algorithm>
#include <ranges>

#include "base/codec.hpp"
#include "store/memory/reader.hpp"
#include "store/paging.hpp"
#include "store/series.hpp"

namespace davylamp::memory {
namespace {

std::string identity(const contract::AttemptRow& row) {
  std::string text;
  const auto add = [&](const auto& value) {
    base::json::append(text, value);
    text += ',';
  };
  add(row.address ? row.address->to_string() : "");
  add(row.protocol);
  add(row.port ? std::to_string(*row.port) : "");
  add(base::json::enum_name(row.outcome));
  add(row.why);
  add(row.user);
  add(row.server);
  return text;
}

bool matches(const model::AttemptCount& attempt, const contract::AttemptQuery& query) {
  return attempt.hour_at >= base::floor_to(query.from, store::hour) &&
         (query.servers.empty() || std::ranges::find(query.servers, attempt.server) != query.servers.end()) &&
         (!query.outcome || attempt.outcome == *query.outcome);
}

void add_to_row(std::map<std::string, contract::AttemptRow>& rows, const model::AttemptCount& attempt) {
  const contract::AttemptRow alike{.address = attempt.address,
                                   .place = attempt.address ? attempt.place : std::nullopt,
                                   .protocol = attempt.protocol,
                                   .port = attempt.port,
                                   .outcome = attempt.outcome,
                                   .why = attempt.why,
                                   .user = attempt.user,
                                   .server = attempt.server,
                                   .count = 0,
                                   .first_at = attempt.first_at,
                                   .last_at = attempt.last_at};
  auto& row = rows.try_emplace(identity(alike), alike).first->second;
  row.count += attempt.count;
  row.first_at = std::min(row.first_at, attempt.first_at);
  row.last_at = std::max(row.last_at, attempt.last_at);
}

void add_to_country(std::map<std::string, contract::CountryAttempts>& countries, const model::AttemptCount& attempt) {
  const auto code = attempt.place ? attempt.place->country_code : std::nullopt;
  auto& row = countries[code.value_or("")];
  row.country_code = code;
  if (attempt.place && attempt.place->country) row.country = attempt.place->country;
  auto& sum = attempt.outcome == model::AttemptOutcome::accepted ? row.accepted
              : attempt.outcome == model::AttemptOutcome::failed ? row.failed
                                                                 : row.refused;
  sum += attempt.count;
}

}  // namespace

contract::AttemptPage Reader::attempts(const contract::AttemptQuery& query) {
  const std::lock_guard lock(tables_->mutex);
  std::map<std::string, contract::AttemptRow> merged;
  std::map<std::string, contract::CountryAttempts> countries;
  for (const auto& [key, attempt] : tables_->attempts) {
    if (!matches(attempt, query)) continue;
    add_to_row(merged, attempt);
    add_to_country(countries, attempt);
  }
  contract::AttemptPage page;
  page.total = merged.size();
  for (const auto& [code, row] : countries) page.countries.push_back(row);
  std::ranges::sort(page.countries, [](const auto& a, const auto& b) {
    return std::pair(b.refused + b.failed + b.accepted, a.country_code) <
           std::pair(a.refused + a.failed + a.accepted, b.country_code);
  });

  const auto order = store::order_name(base::json::enum_name(query.sort), contract::Direction::descending);
  using Place = std::pair<store::SortValue, std::string>;
  std::map<Place, contract::AttemptRow> rows;
  for (auto& [name, row] : merged) rows.emplace(Place(store::sort_value(row, query.sort), name), row);
  auto end = rows.end();
  if (query.cursor) {
    const auto cursor = store::decode(*query.cursor, order);
    end = rows.lower_bound({cursor.value, cursor.key});
  }
  while (end != rows.begin() && page.items.size() < store::page_size(query.limit)) {
    --end;
    page.items.push_back(end->second);
  }
  if (end != rows.begin()) page.next_cursor = store::encode({order, end->first.first, end->first.second});
  return page;
}

}  // namespace davylamp::memory
