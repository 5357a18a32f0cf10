#include "sources/watch/card.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace davylamp::watch {
namespace {

using model::WitnessState;

void add_ports(std::string& text, std::string_view protocol, const std::vector<std::uint16_t>& ports) {
  for (const auto port : ports) {
    if (!text.empty()) text += ", ";
    text += std::string(protocol) + " " + std::to_string(port);
  }
}

std::string names(const std::vector<model::WitnessFacts>& witnesses, bool (*wanted)(const model::WitnessFacts&)) {
  std::vector<std::string> all;
  for (const auto& witness : witnesses) {
    if (wanted(witness)) all.push_back(witness.kind);
  }
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? " and " : ", ";
    text += all[i];
  }
  return text;
}

bool looks(const model::WitnessFacts& witness) {
  return witness.state == WitnessState::looking;
}

// Of a service without TCP, sockets show nobody.
std::vector<model::WitnessFacts> able(const CardFacts& facts) {
  auto all = facts.witnesses;
  if (facts.ports.tcp.empty() && !facts.ports.udp.empty())
    std::erase_if(all, [](const auto& witness) { return witness.kind == "sockets" && !witness.counts; });
  return all;
}

void add_missing_interfaces(const CardFacts& facts, std::vector<std::string>& warnings) {
  for (const auto& wanted : facts.wanted_interfaces) {
    const bool found = std::ranges::any_of(
        facts.interfaces, [&](const auto& there) { return fnmatch(wanted.c_str(), there.name.c_str(), 0) == 0; });
    if (!found) warnings.push_back("there is no interface " + wanted + ", which `interfaces` names");
  }
}

// An interface where clients come in, named as one that belongs inside: nothing would be counted there.
void add_blind_counter(const CardFacts& facts, std::vector<std::string>& warnings) {
  const auto counting = std::ranges::find_if(facts.witnesses, &model::WitnessFacts::counts);
  if (facts.interfaces.empty() || counting == facts.witnesses.end() || counting->flows > 0) return;
  const auto other = std::ranges::find_if(facts.witnesses, [](const auto& one) { return one.flows > 0; });
  if (other == facts.witnesses.end()) return;
  warnings.push_back(other->kind + " sees clients that " + counting->kind + " does not, and " + counting->kind +
                     " counts: `interfaces` is for what belongs inside, such as tun0; where clients come in belongs "
                     "into `uplinks`");
}

std::string without_witness(const CardFacts& facts) {
  std::string text = "nobody can see who uses " + facts.service;
  for (const auto& witness : facts.witnesses) text += "; " + witness.kind + ": " + witness.text;
  return text;
}

}  // namespace

std::string listens_on(const contract::WatchedPorts& ports) {
  std::string text;
  add_ports(text, "udp", ports.udp);
  add_ports(text, "tcp", ports.tcp);
  return text;
}

model::ServerFacts card_of(const CardFacts& facts) {
  model::ServerFacts server;
  server.witnesses = facts.witnesses;
  if (const auto ports = listens_on(facts.ports); !ports.empty()) server.listens_on = ports;
  if (facts.remark) server.warnings.push_back(*facts.remark);
  const auto counting = std::ranges::find_if(facts.witnesses, &model::WitnessFacts::counts);
  add_missing_interfaces(facts, server.warnings);
  add_blind_counter(facts, server.warnings);
  const bool any_looks = std::ranges::any_of(facts.witnesses, looks);
  const bool any_starts =
      std::ranges::any_of(facts.witnesses, [](const auto& witness) { return witness.state == WitnessState::starting; });
  if (counting != facts.witnesses.end() && counting->state == WitnessState::looking) {
    server.state = model::ServerState::up;
    server.health = "seen by " + names(able(facts), looks) + "; " + counting->kind + " counts";
    if (facts.process && !server.listens_on) {
      server.state = model::ServerState::stale;
      server.health = "no process " + *facts.process + " that listens is found: does it run?";
    }
  } else if (any_looks || (counting != facts.witnesses.end() && counting->state == WitnessState::failed)) {
    server.state = model::ServerState::stale;
    server.health = counting == facts.witnesses.end() ? "being looked at; who counts is not decided yet"
                                                      : counting->kind + " broke and is tried again: " + counting->text;
  } else if (any_starts) {
    server.state = model::ServerState::connecting;
    server.health = "not looked at yet";
  } else {
    server.state = model::ServerState::down;
    server.health = without_witness(facts);
  }
  return server;
}

}  // namespace davylamp::watch
