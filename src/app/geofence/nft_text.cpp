#include "app/geofence/nft_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <utility>

namespace davylamp::app {
namespace {

constexpr std::size_t longest_key_bytes = 40;
constexpr std::array<std::string_view, 4> counters{"allowed4", "allowed6", "refused4", "refused6"};

std::string line(std::string_view verb, std::string_view kind, const std::string& rest) {
  return std::string(verb) + " " + std::string(kind) + " " + std::string(fence_table) + " " + rest + "\n";
}

std::string name_of(const FenceId& id) {
  return id.key + "_" + std::to_string(id.generation);
}

std::string elements(const geoip::Intervals& intervals, bool v4) {
  if (intervals.empty()) return "";
  std::string text = " elements = {";
  for (const auto& interval : intervals) {
    text += (text.ends_with('{') ? " " : ", ") + geoip::address_of(interval.first, v4).to_string();
    if (interval.last != interval.first) text += "-" + geoip::address_of(interval.last, v4).to_string();
  }
  return text + " }";
}

std::string set_type(bool v4) {
  return std::string("type ") + (v4 ? "ipv4_addr" : "ipv6_addr") + "; flags interval;";
}

std::string set(const std::string& name, const geoip::Intervals& intervals, bool v4) {
  return line("add", "set", name + " { " + set_type(v4) + elements(intervals, v4) + " }");
}

std::string ports_match(const std::vector<std::uint16_t>& ports, std::string_view protocol) {
  std::string text = std::string(protocol) + " dport {";
  for (const auto port : ports) text += (text.ends_with('{') ? " " : ", ") + std::to_string(port);
  return text + " }";
}

// Leads packets for the service to the chain that judges.
std::string way_to(const FenceId& id, const std::string& gate) {
  std::string script;
  const auto add = [&](const std::vector<std::uint16_t>& ports, std::string_view protocol) {
    if (ports.empty()) return;
    script += line("add", "rule",
                   id.key + " " + ports_match(ports, protocol) + gate + " fib daddr type local goto " + name_of(id));
  };
  add(id.ports.udp, "udp");
  add(id.ports.tcp, "tcp");
  return script;
}

std::string base_chain(const FenceId& id) {
  return line("add", "chain", id.key + " { type filter hook prerouting priority -150; policy accept; }");
}

constexpr std::string_view trial_type = "{ type inet_proto; flags timeout;";

std::string trial_set(const FenceId& id) {
  return name_of(id) + "_trial";
}

// Adding first makes a deletion work whether the thing is there or not.
std::string without_trial(const FenceId& id) {
  return line("add", "set", trial_set(id) + " " + std::string(trial_type) + " }") +
         line("delete", "set", trial_set(id));
}

// Of a fence to whose chain nothing leads any more.
std::string without(const FenceId& id) {
  const auto name = name_of(id);
  std::string script = line("add", "chain", name) + line("flush", "chain", name) + line("delete", "chain", name);
  for (const bool v4 : {true, false}) {
    for (const auto* kind : {"_always", "_listed"}) {
      const auto member = name + kind + (v4 ? "4" : "6");
      script += line("add", "set", member + " { " + set_type(v4) + " }") + line("delete", "set", member);
    }
  }
  for (const auto counter : counters) {
    const auto member = name + "_" + std::string(counter);
    script += line("add", "counter", member) + line("delete", "counter", member);
  }
  return script + without_trial(id);
}

std::string judging_rules(const std::string& name, bool allows) {
  std::string script = line("add", "rule", name + " iifname \"lo\" accept");
  const auto rule = [&](bool v4, const char* match, const char* count, const char* verdict) {
    const std::string family = v4 ? "4" : "6";
    const std::string source = v4 ? " ip saddr @" : " ip6 saddr @";
    const std::string matched = match == nullptr ? std::string(" meta nfproto ") + (v4 ? "ipv4" : "ipv6")
                                                 : source + name + "_" + match + family;
    script += line("add", "rule", name + matched + " counter name " + name + "_" + count + family + " " + verdict);
  };
  for (const bool v4 : {true, false}) {
    rule(v4, "always", "allowed", "accept");
    rule(v4, "listed", allows ? "allowed" : "refused", allows ? "accept" : "drop");
    rule(v4, nullptr, allows ? "refused" : "allowed", allows ? "drop" : "accept");
  }
  return script;
}

}  // namespace

std::string fence_key(std::string_view service) {
  std::string key = "s_";
  std::uint32_t hash = 2'166'136'261U;  // FNV-1a
  bool whole = service.size() + key.size() <= longest_key_bytes;
  for (const char c : service) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    whole = whole && letter;
    if (key.size() < longest_key_bytes) key += letter ? c : '_';
  }
  return whole ? key : key + "_" + std::to_string(hash);
}

std::string fence_definition(const FenceId& id, const CompiledFence& fence, const FenceCounts& counted) {
  const auto name = name_of(id);
  std::string script;
  for (const bool v4 : {true, false}) {
    const std::string family = v4 ? "4" : "6";
    script += set(name + "_always" + family, v4 ? fence.always.v4 : fence.always.v6, v4);
    script += set(name + "_listed" + family, v4 ? fence.listed.v4 : fence.listed.v6, v4);
  }
  const std::array<const FenceCount*, 4> begun{&counted.allowed4, &counted.allowed6, &counted.refused4,
                                               &counted.refused6};
  for (std::size_t i = 0; i < counters.size(); ++i) {
    script += line("add", "counter",
                   name + "_" + std::string(counters.at(i)) + " { packets " + std::to_string(begun.at(i)->packets) +
                       " bytes " + std::to_string(begun.at(i)->bytes) + " }");
  }
  return script + line("add", "chain", name) + judging_rules(name, fence.allows);
}

std::string fence_trial(const FenceId& id, std::string_view definition, const std::optional<FenceId>& kept,
                        std::uint32_t seconds) {
  const auto life = " timeout " + std::to_string(seconds) + "s";
  std::string script = "add table " + std::string(fence_table) + "\n" + std::string(definition) + base_chain(id);
  script += line("add", "set",
                 trial_set(id) + " " + std::string(trial_type) + " elements = { tcp" + life + ", udp" + life + " } }");
  script += line("flush", "chain", id.key);
  const auto gate = " meta l4proto @" + trial_set(id);
  script += way_to(id, gate);
  if (!kept) return script;
  // Ports that the fence before had and this one has not are open meanwhile.
  script += line("add", "rule", id.key + gate + " accept");
  return script + way_to(*kept, "");
}

std::string fence_kept(const FenceId& id, std::string_view definition, const std::optional<FenceId>& old) {
  std::string script = "add table " + std::string(fence_table) + "\n" + std::string(definition) + base_chain(id) +
                       line("flush", "chain", id.key) + way_to(id, "");
  return old ? script + without(*old) : script;
}

std::string fence_confirmation(const FenceId& tried, const std::optional<FenceId>& kept) {
  auto script = line("flush", "chain", tried.key) + way_to(tried, "") + without_trial(tried);
  return kept ? script + without(*kept) : script;
}

std::string fence_withdrawal(const FenceId& tried, const std::optional<FenceId>& kept) {
  if (!kept) return fence_removal({tried});
  return "add table " + std::string(fence_table) + "\n" + base_chain(tried) + line("flush", "chain", tried.key) +
         way_to(*kept, "") + without(tried);
}

std::string fence_objects_removal(const FenceId& id) {
  return without(id);
}

std::string fence_removal(const std::vector<FenceId>& all) {
  std::string script = "add table " + std::string(fence_table) + "\n";
  for (const auto& id : all) script += base_chain(id) + line("flush", "chain", id.key);
  for (const auto& id : all) script += without(id);
  if (!all.empty()) script += line("delete", "chain", all.front().key);
  return script;
}

std::string fence_table_removal() {
  return "add table " + std::string(fence_table) + "\ndelete table " + std::string(fence_table) + "\n";
}

std::optional<FenceCounts> fence_counts(std::string_view json, const FenceId& id) {
  boost::system::error_code error;
  const auto value = boost::json::parse(json, error);
  const auto* root = error ? nullptr : value.if_object();
  const auto* list = root == nullptr ? nullptr : root->if_contains("nftables");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  FenceCounts counts;
  const std::array<FenceCount*, 4> places{&counts.allowed4, &counts.allowed6, &counts.refused4, &counts.refused6};
  for (const auto& item : list->get_array()) {
    const auto* object = item.if_object();
    const auto* counter = object == nullptr ? nullptr : object->if_contains("counter");
    const auto* members = counter == nullptr ? nullptr : counter->if_object();
    const auto* name = members == nullptr ? nullptr : members->if_contains("name");
    if (name == nullptr || !name->is_string()) continue;
    const auto number = [&](const char* member) -> std::uint64_t {
      const auto* found = members->if_contains(member);
      boost::system::error_code wrong;
      const auto read = found == nullptr ? 0 : found->to_number<std::uint64_t>(wrong);
      return wrong ? 0 : read;
    };
    for (std::size_t i = 0; i < counters.size(); ++i) {
      if (name->get_string() != name_of(id) + "_" + std::string(counters.at(i))) continue;
      *places.at(i) = {number("packets"), number("bytes")};
    }
  }
  return counts;
}

}  // namespace davylamp::app
