#include <algorithm>

#include "app/cli/command.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t most_sessions = 100'000;
constexpr std::size_t page_size = 1000;

struct Wanted {
  bool open = true;
  bool closed = false;
  std::optional<std::string> user;
  std::optional<std::string> server;
  std::size_t limit = 100;
};

struct Listing {
  std::vector<model::Session> items;
  std::uint64_t total = 0;  // that match, also beyond the limit
};
BOOST_DESCRIBE_STRUCT(Listing, (), (items, total))

base::Result<Wanted> wanted_sessions(const Arguments& arguments) {
  Wanted wanted;
  const auto state = arguments.value("--state").value_or("open");
  if (state != "open" && state != "closed" && state != "all")
    return base::fail("usage", "--state must be open, closed or all");
  wanted.open = state != "closed";
  wanted.closed = state != "open";
  wanted.user = arguments.value("--user");
  wanted.server = arguments.value("--server");
  if (const auto text = arguments.value("--limit")) {
    const auto limit = base::parse_number<std::size_t>(*text);
    if (!limit || *limit == 0 || *limit > most_sessions)
      return base::fail("usage", "--limit must be a number from 1 to 100000");
    wanted.limit = *limit;
  }
  if (!arguments.names.empty()) return base::fail("usage", "takes no names; filter with --user and --server");
  return wanted;
}

// Open ones first, the busiest on top; then closed ones, the latest on top.
Listing list_sessions(contract::StoreReader& store, const Wanted& wanted) {
  Listing listing;
  if (wanted.open) {
    auto open = store.open_sessions();
    std::erase_if(open, [&](const model::Session& session) {
      return (wanted.user && session.user != *wanted.user) || (wanted.server && session.server != *wanted.server);
    });
    std::ranges::sort(open, [](const model::Session& a, const model::Session& b) {
      return std::pair(b.rx_bytes + b.tx_bytes, a.id) < std::pair(a.rx_bytes + a.tx_bytes, b.id);
    });
    listing.total = open.size();
    open.resize(std::min(open.size(), wanted.limit));
    listing.items = std::move(open);
  }
  if (!wanted.closed) return listing;
  contract::SessionQuery query;
  if (wanted.user) query.users = {*wanted.user};
  if (wanted.server) query.servers = {*wanted.server};
  const auto open = listing.total;
  do {
    query.limit = std::min(page_size, wanted.limit - listing.items.size());
    // Also with nothing left to list: the total is asked for.
    query.limit = std::max<std::size_t>(query.limit, 1);
    auto page = store.closed_sessions(query);
    listing.total = open + page.total;
    const auto room = wanted.limit - listing.items.size();
    page.items.resize(std::min(page.items.size(), room));
    std::ranges::move(page.items, std::back_inserter(listing.items));
    query.cursor = page.next_cursor;
  } while (query.cursor && listing.items.size() < wanted.limit);
  return listing;
}

std::string from_text(const model::Session& session) {
  if (!session.place) return "";
  const auto& place = *session.place;
  if (place.kind != model::AddressKind::public_) return std::string(base::json::enum_name(place.kind));
  if (place.city) return *place.city + ", " + place.country_code.value_or("");
  return place.country.value_or("");
}

std::string ended_text(const model::Session& session) {
  if (session.state == model::SessionState::open) return "open";
  return session.end_reason ? std::string(base::json::enum_name(*session.end_reason)) : "closed";
}

std::vector<std::string> cells(const model::Session& session, base::Time now) {
  const auto until = session.closed_at.value_or(now);
  const auto address = session.real_address ? model::Endpoint{*session.real_address, session.real_port}.to_text() : "";
  auto virtual_address = session.virtual_address ? session.virtual_address->to_string() : "";
  if (virtual_address.empty() && session.virtual_address6) virtual_address = session.virtual_address6->to_string();
  return {session.user,
          session.server,
          ended_text(session),
          from_text(session),
          address,
          virtual_address,
          time_text(session.opened_at),
          span_text(until - session.opened_at),
          bytes_text(session.tx_bytes),
          bytes_text(session.rx_bytes)};
}

}  // namespace

int run_sessions(const Call& call) {
  const auto wanted = wanted_sessions(call.arguments);
  if (!wanted) return usage_error(call, "sessions: " + wanted.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_to_look_at(call, *config);
  if (!store) return exit_failed;
  const auto listing = list_sessions(*store->reader(), *wanted);
  if (call.json) {
    call.world.out << base::json::write(listing) << "\n";
    return exit_ok;
  }
  TextTable table({{"USER"},
                   {"SERVER"},
                   {"STATE"},
                   {"FROM"},
                   {"ADDRESS"},
                   {"TUNNEL ADDRESS"},
                   {"OPENED"},
                   {"LASTED", Align::right},
                   {"DOWN", Align::right},
                   {"UP", Align::right}});
  for (const auto& session : listing.items) table.add(cells(session, call.world.clock.now()));
  call.world.out << table.to_string() << "\n"
                 << listing.items.size() << " of " << listing.total << " sessions, as of the last commit\n";
  return exit_ok;
}

}  // namespace davylamp::app
