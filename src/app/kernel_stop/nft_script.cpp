#include "app/kernel_stop/nft_script.hpp"

#include <set>
#include <string_view>

namespace davylamp::app {
namespace {

constexpr std::string_view table = "inet davylamp_quota";

// From the report that moved last to one that moves no more: what was under way has been reported meanwhile.
constexpr base::Seconds settles_after{20};
// What keeps a silent tunnel alive moves less meanwhile.
constexpr std::uint64_t hardly_anything = 4'096;

// A packet passes one of the three hooks: through the server, to it, or from it.
constexpr std::string_view skeleton =
    "table inet davylamp_quota {\n"
    "  map down4 { type ipv4_addr : verdict; }\n"
    "  map down6 { type ipv6_addr : verdict; }\n"
    "  map up4 { type ipv4_addr : verdict; }\n"
    "  map up6 { type ipv6_addr : verdict; }\n"
    "  chain look {\n"
    "    ip daddr vmap @down4\n"
    "    ip saddr vmap @up4\n"
    "    ip6 daddr vmap @down6\n"
    "    ip6 saddr vmap @up6\n"
    "  }\n"
    "  chain forward { type filter hook forward priority -10; policy accept; jump look; }\n"
    "  chain input { type filter hook input priority -10; policy accept; jump look; }\n"
    "  chain output { type filter hook output priority -10; policy accept; jump look; }\n"
    "}\n";

std::string line(std::string_view verb, std::string_view kind, const std::string& rest) {
  return std::string(verb) + " " + std::string(kind) + " " + std::string(table) + " " + rest + "\n";
}

std::string elements(std::string_view verb, const model::Address& address, model::TrafficDirection direction,
                     const std::string& chain) {
  const auto family = address.is_v4() ? "4" : "6";
  const auto element = " { " + address.to_string() + " : jump " + chain + " }";
  std::string script;
  if (direction != model::TrafficDirection::up) script += line(verb, "element", "down" + std::string(family) + element);
  if (direction != model::TrafficDirection::down) script += line(verb, "element", "up" + std::string(family) + element);
  return script;
}

std::string removal_of_table() {
  // Adding first makes the deletion work whether the table is there or not.
  return "add table " + std::string(table) + "\ndelete table " + std::string(table) + "\n";
}

}  // namespace

bool NftScript::Installed::continues(const model::KernelStop& stop) const {
  return direction == stop.direction && stop.remaining_bytes <= remaining_bytes;
}

void NftScript::Installed::note(const model::KernelStop& stop) {
  remaining_bytes = stop.remaining_bytes;
  seen_at = stop.seen_at;
  if (still_bytes - remaining_bytes <= hardly_anything && seen_at >= still_since) return;
  still_bytes = remaining_bytes;
  still_since = seen_at;
}

bool NftScript::Installed::is_settled() const {
  return remaining_bytes > 0 && made_bytes - remaining_bytes > hardly_anything &&
         seen_at - still_since >= settles_after;
}

void NftScript::install(std::string& script, const model::KernelStop& stop) {
  const auto number = next_number_++;
  const auto name = "s" + std::to_string(number);
  const auto quota = "q" + std::to_string(number);
  script += line("add", "quota", quota + " { over " + std::to_string(stop.remaining_bytes) + " bytes }");
  script += line("add", "chain", name);
  script += line("add", "rule", name + " quota name \"" + quota + "\" drop");
  script += elements("add", stop.virtual_address, stop.direction, name);
  installed_.insert_or_assign(Key{stop.session_id, stop.virtual_address},
                              Installed{.number = number,
                                        .direction = stop.direction,
                                        .remaining_bytes = stop.remaining_bytes,
                                        .made_bytes = stop.remaining_bytes,
                                        .still_bytes = stop.remaining_bytes,
                                        .still_since = stop.seen_at,
                                        .seen_at = stop.seen_at});
}

void NftScript::remove(std::string& script, const Key& key, const Installed& installed) {
  const auto name = "s" + std::to_string(installed.number);
  script += elements("delete", key.virtual_address, installed.direction, name);
  script += line("flush", "chain", name);
  script += line("delete", "chain", name);
  script += line("delete", "quota", "q" + std::to_string(installed.number));
}

std::string NftScript::next(const std::vector<model::KernelStop>& stops) {
  std::string script;
  if (!made_) {
    if (stops.empty() && installed_.empty()) return {};
    script = removal_of_table() + std::string(skeleton);
    installed_.clear();
    made_ = true;
  }
  std::set<Key> wanted;
  std::set<model::Address> taken;
  std::vector<const model::KernelStop*> fresh;
  for (const auto& stop : stops) {
    const Key key{stop.session_id, stop.virtual_address};
    // An address belongs to one session at a time; of two limits the core names the tighter one first.
    if (!taken.insert(stop.virtual_address).second) continue;
    wanted.insert(key);
    const auto known = installed_.find(key);
    const bool runs = known != installed_.end() && known->second.continues(stop);
    if (runs) known->second.note(stop);
    if (!runs || known->second.is_settled()) fresh.push_back(&stop);
  }
  for (auto entry = installed_.begin(); entry != installed_.end();) {
    bool again = !wanted.contains(entry->first);
    for (const auto* stop : fresh) again = again || Key{stop->session_id, stop->virtual_address} == entry->first;
    if (again) remove(script, entry->first, entry->second);
    entry = again ? installed_.erase(entry) : std::next(entry);
  }
  for (const auto* stop : fresh) install(script, *stop);
  return script;
}

void NftScript::forget() {
  made_ = false;
  installed_.clear();
}

std::string NftScript::removal() {
  return removal_of_table();
}

}  // namespace davylamp::app
