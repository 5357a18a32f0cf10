#include "core/quota/near_limit.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace davylamp::core {
namespace {

constexpr double horizon_seconds = 60;
constexpr std::uint64_t out_of_reach = 750'000'000'000;  // bytes: within the horizon at 100 Gbit/s
constexpr base::Milliseconds soonest{200};
// A report that is ordered already is good enough unless the new time is so much earlier.
constexpr base::Milliseconds worth_ordering{1'000};
constexpr base::Seconds report_holds{5};
constexpr std::uint64_t near_bytes = 1'000'000'000;
constexpr base::Seconds stops_every{30};
constexpr base::Seconds stops_hold{60};

std::uint64_t bits_per_second(const model::Session& session, model::TrafficDirection direction) {
  return model::bytes_of({session.rx_bps, session.tx_bps}, direction);
}

bool is_same(const model::KernelStop& a, const model::KernelStop& b) {
  return a.session_id == b.session_id && a.virtual_address == b.virtual_address && a.direction == b.direction &&
         a.remaining_bytes == b.remaining_bytes;
}

bool is_near(const Standing& standing) {
  const auto left = standing.left();
  return left < near_bytes || left < standing.allowed / 10;
}

}  // namespace

void NearLimit::tick(QuotaBook& book, const SessionTracker& sessions, base::Time now,
                     std::vector<model::Command>& commands) {
  for (auto* standing : book.take_moved()) {
    const bool watched = standing->meter.loaded() && standing->rule->limit.enforce && !standing->reached &&
                         standing->left() < out_of_reach;
    if (watched) order_report(*standing, book, sessions, now, commands);
  }
  order_stops(book, sessions, now, commands);
}

void NearLimit::order_report(Standing& standing, const QuotaBook& book, const SessionTracker& sessions, base::Time now,
                             std::vector<model::Command>& commands) {
  std::uint64_t bps = 0;
  std::set<model::SourceId> sources;
  for (const auto& user : book.users_of(standing)) {
    for (const auto* row : sessions.sessions_of(user)) {
      bps += bits_per_second(row->session, standing.rule->limit.direction);
      sources.insert(row->source);
    }
  }
  const auto left_bits = static_cast<double>(standing.left()) * 8;
  if (left_bits >= static_cast<double>(bps) * horizon_seconds) return;
  const auto rest = base::Milliseconds{static_cast<std::int64_t>(left_bits * 1000 / static_cast<double>(bps))};
  const auto at = now + std::max(rest, soonest);
  if (standing.report_at > now && at > standing.report_at - worth_ordering) return;
  standing.report_at = at;
  for (const auto& source : sources) commands.push_back({0, at + report_holds, model::ReportBy{source, at}});
}

void NearLimit::order_stops(const QuotaBook& book, const SessionTracker& sessions, base::Time now,
                            std::vector<model::Command>& commands) {
  using Key = std::tuple<model::SessionId, model::Address, model::TrafficDirection>;
  std::map<Key, model::KernelStop> stops;
  for (const auto* standing : book.in_kernel()) {
    if (!standing->reached && !is_near(*standing)) continue;
    const auto direction = standing->rule->limit.direction;
    const auto left = standing->reached ? 0 : standing->left();
    for (const auto& user : book.users_of(*standing)) {
      for (const auto* row : sessions.sessions_of(user)) {
        for (const auto& address : {row->session.virtual_address, row->session.virtual_address6}) {
          if (!address) continue;
          const auto [entry, fresh] = stops.try_emplace({row->session.id, *address, direction},
                                                        model::KernelStop{.session_id = row->session.id,
                                                                          .source = row->source,
                                                                          .virtual_address = *address,
                                                                          .direction = direction,
                                                                          .remaining_bytes = left,
                                                                          .seen_at = row->session.last_seen_at});
          if (!fresh) entry->second.remaining_bytes = std::min(entry->second.remaining_bytes, left);
        }
      }
    }
  }
  std::vector<model::KernelStop> list;
  list.reserve(stops.size());
  for (auto& [key, stop] : stops) list.push_back(std::move(stop));
  const bool repeat = !list.empty() && (now - stops_at_ >= stops_every || now < stops_at_);
  if (std::ranges::equal(list, stops_, is_same) && !repeat) return;
  stops_ = list;
  stops_at_ = now;
  commands.push_back({0, now + stops_hold, model::StopInKernel{std::move(list)}});
}

}  // namespace davylamp::core
