// What another monitor's files hold, as Davylamp would keep it. Pure.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "contract/import_store.hpp"
#include "model/limits.hpp"

namespace davylamp::app {

// A record that is not taken over, and why.
struct Refusal {
  std::string record;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (record, why))

// Every record that was read is in one of them: `records` = sessions + limits + `merged` + refused.
struct ImportPlan {
  std::string tool;
  std::uint64_t records = 0;
  std::uint64_t merged = 0;  // that say nothing beside another record
  std::vector<contract::ImportedSession> sessions;
  std::vector<model::Limit> limits;
  std::vector<Refusal> refused;
  std::vector<std::string> notes;
};

struct ImportWish {
  std::string server;  // whose sessions they become
  // "2026-10-07 10:45:06" in the monitor's time zone.
  std::function<base::Result<base::Time>(std::string_view)> time;
  base::Time oldest{};  // sessions that closed before would be forgotten at once
  base::Time now{};
};

// Adds a session with its traffic spread evenly over the hours it lasted: the sum is exact, the place is a guess. Or
// refuses it: without a user, ending before it began or in the future, older than is kept, with impossible counters.
void add_session(ImportPlan& plan, const ImportWish& wish, const std::string& key, model::Session session);

// The same text for the same peer name everywhere: what a note or a refusal calls it.
std::string record_name(std::string_view kind, std::string_view name);

}  // namespace davylamp::app
