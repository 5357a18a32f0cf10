#include "witness/ebpf/device_roles.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace davylamp::ebpf {
namespace {

constexpr std::size_t most_named = 8;  // in a sentence

bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(patterns,
                             [&](const auto& pattern) { return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most_named) text += " and " + std::to_string(names.size() - most_named) + " more";
  return text;
}

}  // namespace

DeviceRole DeviceChoice::role_of(const Link& link) const {
  if (link.gone || !link.up) return DeviceRole::none;
  if (matches(inner, link.name)) return DeviceRole::inner;
  const bool wanted = uplinks.empty() ? !link.loopback : matches(uplinks, link.name);
  return wanted ? DeviceRole::uplink : DeviceRole::none;
}

Devices::Devices(const KernelProgram& program, DeviceChoice choice, AttachMode mode)
    : program_(program), choice_(std::move(choice)), attachments_(mode) {}

bool Devices::take(const Link& link) {
  const auto role = choice_.role_of(link);
  const auto known = held_.find(link.index);
  const auto before = known == held_.end() ? DeviceRole::none : known->second.role;
  if (role == before) {
    if (role == DeviceRole::none && !link.gone) attachments_.tidy(link.index);
    if (role == DeviceRole::none || known->second.name == link.name) return false;
    known->second.name = link.name;
    return true;
  }
  if (before != DeviceRole::none) {
    attachments_.detach(link.index);
    held_.erase(known);
  }
  if (role == DeviceRole::none) return true;
  const auto programs = role == DeviceRole::inner ? program_.inner() : program_.uplink();
  if (attachments_.attach(link.index, programs)) held_.emplace(link.index, Held{link.name, role});
  return true;
}

std::string Devices::sentence() const {
  std::vector<std::string> uplinks;
  std::vector<std::string> inner;
  for (const auto& [index, held] : held_) (held.role == DeviceRole::uplink ? uplinks : inner).push_back(held.name);
  std::string text = uplinks.empty()
                         ? "Counts nothing yet: waits for " +
                               (choice_.uplinks.empty() ? std::string("a network device") : list_of(choice_.uplinks)) +
                               " to be up"
                         : "Counts every packet in the kernel (" + std::string(name_of(attachments_.mode())) + ") on " +
                               list_of(uplinks);
  if (!inner.empty()) text += "; takes round-trip times from TCP handshakes in " + list_of(inner);
  return text + ".";
}

}  // namespace davylamp::ebpf
