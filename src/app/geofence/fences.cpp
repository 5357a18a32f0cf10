#include "app/geofence/fences.hpp"

#include <algorithm>

#include "app/geofence/nft_text.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr const char* family = "inet";
constexpr const char* table = "davylamp_geofence";

FenceEntry& entry_of(FenceList& list, const std::string& service) {
  const auto found = std::ranges::find(list.fences, service, &FenceEntry::service);
  if (found != list.fences.end()) return *found;
  return list.fences.emplace_back(FenceEntry{service, {}, {}});
}

std::optional<FenceId> kept_id(const FenceEntry& entry) {
  if (!entry.kept) return std::nullopt;
  return entry.id_of(*entry.kept);
}

void drop_empty(FenceList& list) {
  std::erase_if(list.fences, [](const FenceEntry& entry) { return !entry.kept && !entry.tried; });
}

// Never one that was used: names of the kernel's objects are made of it.
std::uint64_t next_generation(const FenceEntry& entry, base::Time now) {
  auto next = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 1));
  for (const auto* fence : {&entry.kept, &entry.tried}) {
    if (*fence) next = std::max(next, (*fence)->generation + 1);
  }
  return next;
}

StandingFence standing(const FenceRequest& request, const CompiledFence& fence, base::Time now) {
  StandingFence next;
  next.request = request;
  next.allows = fence.allows;
  next.since_at = now;
  next.compiled_at = now;
  next.shares = fence.shares;
  return next;
}

}  // namespace

void Fences::run(const std::string& script) const {
  (void)base::value_or_throw(nft_({"-f", "-"}, script));
}

bool Fences::alive(const FenceId& tried) const {
  const auto name = tried.key + "_" + std::to_string(tried.generation) + "_trial";
  const auto listed = nft_({"list", "set", family, table, name}, "");
  return listed && listed->contains("elements");
}

std::vector<std::string> Fences::settle(FenceList& list) const {
  std::vector<std::string> ended;
  for (auto& entry : list.fences) {
    if (!entry.tried || alive(entry.id_of(*entry.tried))) continue;
    run(fence_withdrawal(entry.id_of(*entry.tried), kept_id(entry)));
    entry.tried.reset();
    ended.push_back(entry.service);
  }
  if (ended.empty()) return ended;
  drop_empty(list);
  if (list.fences.empty()) run(fence_table_removal());
  book_.write(list);
  return ended;
}

std::vector<std::string> Fences::settle() {
  const auto lock = book_.lock();
  auto list = book_.read();
  return settle(list);
}

void Fences::try_out(const FenceRequest& request, const CompiledFence& fence, base::Time now, std::uint32_t seconds) {
  const auto lock = book_.lock();
  auto list = book_.read();
  settle(list);
  auto& entry = entry_of(list, request.service);
  const auto before = entry.tried;
  auto next = standing(request, fence, now);
  next.generation = next_generation(entry, now);
  next.expires_at = now + base::Seconds{seconds};
  const auto id = entry.id_of(next);
  const auto definition = fence_definition(id, fence);
  auto script = fence_trial(id, definition, kept_id(entry), seconds);
  // Both are in the kernel for the length of one transaction.
  if (before) script += fence_objects_removal(entry.id_of(*before));
  book_.keep_rules(id, definition);
  run(script);
  entry.tried = std::move(next);
  book_.write(list);
}

base::Result<void> Fences::confirm(const std::string& service) {
  const auto lock = book_.lock();
  auto list = book_.read();
  const auto ended = settle(list);
  if (std::ranges::find(ended, service) != ended.end()) {
    return base::fail("expired", "the fence of " + base::printable(service) +
                                     " was not confirmed in time and has been taken back; set it again");
  }
  auto found = std::ranges::find(list.fences, service, &FenceEntry::service);
  if (found == list.fences.end() || !found->tried) {
    return base::fail("not_found", "no fence of " + base::printable(service) + " waits to be confirmed");
  }
  run(fence_confirmation(found->id_of(*found->tried), kept_id(*found)));
  found->kept = std::exchange(found->tried, std::nullopt);
  found->kept->expires_at.reset();
  book_.write(list);
  return {};
}

void Fences::renew(const FenceRequest& request, const CompiledFence& fence, base::Time now) {
  const auto lock = book_.lock();
  auto list = book_.read();
  settle(list);
  auto& entry = entry_of(list, request.service);
  if (!entry.kept || entry.tried) {
    throw base::Failure("busy",
                        "the fence of " + base::printable(request.service) + " is being changed; confirm it first");
  }
  auto next = standing(request, fence, now);
  next.generation = next_generation(entry, now);
  next.since_at = entry.kept->since_at;
  const auto id = entry.id_of(next);
  const auto listed = nft_({"-j", "list", "counters", "table", family, table}, "");
  const auto counts = listed ? fence_counts(*listed, *kept_id(entry)) : std::nullopt;
  const auto definition = fence_definition(id, fence, counts.value_or(FenceCounts{}));
  book_.keep_rules(id, definition);
  run(fence_kept(id, definition, kept_id(entry)));
  entry.kept = std::move(next);
  book_.write(list);
}

base::Result<void> Fences::remove(const std::string& service) {
  const auto lock = book_.lock();
  auto list = book_.read();
  settle(list);
  auto found = std::ranges::find(list.fences, service, &FenceEntry::service);
  if (found == list.fences.end()) {
    return base::fail("not_found", base::printable(service) + " has no fence");
  }
  std::vector<FenceId> ids;
  for (const auto* fence : {&found->kept, &found->tried}) {
    if (*fence) ids.push_back(found->id_of(**fence));
  }
  const bool last = list.fences.size() == 1;
  run(last ? fence_table_removal() : fence_removal(ids));
  list.fences.erase(found);
  book_.write(list);
  return {};
}

std::size_t Fences::restore() {
  const auto lock = book_.lock();
  auto list = book_.read();
  auto script = fence_table_removal();
  for (auto& entry : list.fences) entry.tried.reset();
  drop_empty(list);
  for (const auto& entry : list.fences) {
    const auto id = entry.id_of(*entry.kept);
    const auto rules = book_.rules(id);
    if (!rules) {
      throw base::Failure("damaged", "the rules of the fence of " + base::printable(entry.service) +
                                         " are gone from the state directory; set it again");
    }
    script += fence_kept(id, *rules, std::nullopt);
  }
  run(script);
  book_.write(list);
  return list.fences.size();
}

Fences::Show Fences::show() const {
  Show all;
  const auto list = book_.read();
  if (list.fences.empty()) return all;
  const auto listed = nft_({"-j", "list", "counters", "table", family, table}, "");
  // So nft says that there is no such table.
  const bool looked =
      listed || (listed.error().code == "nftables" && listed.error().message.contains("No such file or directory"));
  if (!looked) all.problem = listed.error().message;
  for (const auto& entry : list.fences) {
    Shown shown{entry, false, {}};
    if (entry.tried && looked && !alive(entry.id_of(*entry.tried))) shown.entry.tried.reset();
    const auto& judge = shown.entry.tried ? shown.entry.tried : shown.entry.kept;
    if (!judge) continue;
    const auto id = entry.id_of(*judge);
    shown.judging = listed && listed->contains("\"" + id.key + "_" + std::to_string(id.generation) + "_refused4\"");
    if (shown.judging) shown.counts = fence_counts(*listed, id).value_or(FenceCounts{});
    all.fences.push_back(std::move(shown));
  }
  return all;
}

}  // namespace davylamp::app
