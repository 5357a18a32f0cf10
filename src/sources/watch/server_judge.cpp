#include "sources/watch/server_judge.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::watch {
namespace {

constexpr std::uint64_t ticks_a_round = 5;
constexpr std::size_t peers_a_fact = 1'000;
// A flow is told before the server's own source says whose it is.
constexpr base::Seconds introduced_within{15};
constexpr base::Seconds told_again_after{60};
// The server's own counters are as old as its reports are apart.
constexpr std::uint64_t report_seconds = 3;
// A comparison settles in a round in which hardly anything moved; one that never comes is not waited for.
constexpr std::uint64_t hardly_anything = 20'000;
constexpr std::uint32_t most_beginnings = 6;

void add(model::FlowCounters& sum, const model::FlowCounters& more) {
  sum.rx_bytes += more.rx_bytes;
  sum.tx_bytes += more.tx_bytes;
  sum.rx_packets += more.rx_packets;
  sum.tx_packets += more.tx_packets;
}

model::Counters beyond(const model::Counters& now, const model::Counters& before) {
  return {now.rx_bytes - std::min(now.rx_bytes, before.rx_bytes),
          now.tx_bytes - std::min(now.tx_bytes, before.tx_bytes)};
}

}  // namespace

void ServerJudge::tick(base::Time now, contract::ObservationSink& sink) {
  ledger_.each_changed([](std::uint32_t) {});
  if (++ticks_ % ticks_a_round != 0) return;
  for (auto& [peer, session] : sessions_) session.flows = 0;
  for (std::uint32_t i = 0; i < ledger_.slots_used(); ++i) gather(i, now);
  model::PeersJudged judged;
  for (auto entry = sessions_.begin(); entry != sessions_.end();) {
    if (!directory_.counters(server_, entry->first)) {
      entry = sessions_.erase(entry);
      continue;
    }
    if (auto found = judge(entry->first, entry->second, now)) judged.peers.push_back(std::move(*found));
    if (judged.peers.size() == peers_a_fact) sink.emit(now, std::exchange(judged, {}));
    ++entry;
  }
  if (!judged.peers.empty()) sink.emit(now, std::move(judged));
}

ServerJudge::Session& ServerJudge::session_of(const std::string& peer, bool from_its_start) {
  const auto [entry, fresh] = sessions_.try_emplace(peer);
  auto& session = entry->second;
  if (!fresh) return session;
  session.sights.resize(ledger_.traits().size());
  session.compared_since = ledger_.choice().settled_at();
  if (!from_its_start) begin_comparison(peer, session);
  return session;
}

void ServerJudge::begin_comparison(const std::string& peer, Session& session) {
  for (auto& sight : session.sights) sight.udp = sight.tcp = {};
  session.base = directory_.counters(server_, peer).value_or(model::Counters{});
  session.seen_then = {};
  session.compared_since = ledger_.choice().settled_at();
  ++session.beginnings;
  session.began_in_tick = ticks_;
}

bool ServerJudge::begins_again(const std::string& peer, Session& session) {
  if (session.beginnings == 0 || session.began_in_tick == ticks_) return false;
  auto most = beyond(*directory_.counters(server_, peer), session.base);
  for (const auto& sight : session.sights) {
    most.raise_to({sight.udp.rx_bytes + sight.tcp.rx_bytes, sight.udp.tx_bytes + sight.tcp.tx_bytes});
  }
  const bool quiet = std::max(most.rx_bytes, most.tx_bytes) <= hardly_anything;
  if (!quiet && session.beginnings < most_beginnings) {
    begin_comparison(peer, session);
    return true;
  }
  session.beginnings = 0;
  if (!quiet) session.slack.raise_to(most);
  return false;
}

void ServerJudge::gather(std::uint32_t index, base::Time now) {
  if (ledger_.slot(index).key == 0) return;
  if (ledger_.is_idle(index, now)) return ledger_.drop(index);
  const auto where = ledger_.where(index);
  const auto peer = directory_.peer_at(server_, where);
  const auto began_at = ledger_.peer(index).began_at;
  const bool young = now - began_at <= introduced_within;
  if (!peer && young) return;
  const bool known = peer && sessions_.contains(*peer);
  const bool from_its_start = young && began_at > ledger_.choice().settled_at() + base::Seconds{3};
  Session* session = peer ? &session_of(*peer, from_its_start) : nullptr;
  for (std::size_t i = 0; i < ledger_.traits().size(); ++i) {
    auto& sight = ledger_.sight(index, i);
    if (session != nullptr && (known || from_its_start)) {
      add(session->sights[i].udp, sight.udp);
      add(session->sights[i].tcp, sight.tcp);
    }
    if (session != nullptr) {
      session->sights[i].told_at = std::max(session->sights[i].told_at, sight.told_at);
      session->sights[i].linked += sight.linked > 0 ? 1 : 0;
    }
    sight.udp = sight.tcp = {};
  }
  if (session == nullptr) return;
  session->flows += ledger_.flows(index);
  session->protocols |= ledger_.slot(index).protocols;
  session->v4 = where.address.is_v4();
  if (auto& blend = ledger_.peer(index).quality) {
    if (const auto quality = blend->take(now)) session->quality.add(*quality, 0);
  }
}

void ServerJudge::judged(base::Time, const model::Address& virtual_address, const model::Quality& quality) {
  const auto peer = directory_.peer_behind(server_, virtual_address);
  if (!peer) {
    ++unknown_addresses_;
    return;
  }
  session_of(*peer, false).quality.add(quality, 0);
}

std::optional<model::JudgedPeer> ServerJudge::judge(const std::string& peer, Session& session, base::Time now) {
  if (session.compared_since != ledger_.choice().settled_at()) {
    if (now - ledger_.choice().settled_at() < base::Seconds{10}) return std::nullopt;
    begin_comparison(peer, session);
  }
  if (begins_again(peer, session)) return std::nullopt;
  const auto counted = beyond(*directory_.counters(server_, peer), session.base);
  auto evidence = this->evidence(session, counted, now);
  auto quality = session.quality.take(now);
  auto& told = session.told;
  bool worth = evidence && (!told.evidence || worth_telling(*told.evidence, *evidence) ||
                            (now - session.told_at >= told_again_after && *told.evidence != *evidence));
  if (quality && (!told.quality || worth_telling(*told.quality, *quality))) worth = true;
  if (!worth) return std::nullopt;
  told.peer = peer;
  if (evidence) told.evidence = std::move(evidence);
  if (quality) told.quality = std::move(quality);
  session.told_at = now;
  return told;
}

std::optional<model::Evidence> ServerJudge::evidence(Session& session, const model::Counters& counted, base::Time now) {
  const auto seconds = static_cast<std::uint64_t>(
      std::max<std::int64_t>(std::chrono::duration_cast<base::Seconds>(now - session.looked_at).count(), 1));
  const auto moved = beyond(counted, std::exchange(session.seen_then, counted));
  model::Counters per_second{moved.rx_bytes / seconds, moved.tx_bytes / seconds};
  // The first look knows no time before it.
  if (std::exchange(session.looked_at, now) == base::Time{}) per_second = {};
  session.slack = {std::max(session.slack.rx_bytes, per_second.rx_bytes * report_seconds),
                   std::max(session.slack.tx_bytes, per_second.tx_bytes * report_seconds)};
  const bool tcp = session.protocols == 2;
  const model::FlowCounters own{counted.rx_bytes, counted.tx_bytes, 0, 0};
  std::vector<Sighting> sightings{{server_.kind, model::CountedLayer::payload, tcp ? model::FlowCounters{} : own,
                                   tcp ? own : model::FlowCounters{}, true, now}};
  std::uint32_t asked = 1;
  const auto& traits = ledger_.traits();
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (!ledger_.choice().looks(i) || (!traits[i].looks_at_udp && !tcp)) continue;
    ++asked;
    const auto& sight = session.sights[i];
    if (sight.linked == 0) continue;
    sightings.push_back({traits[i].kind, traits[i].layer, sight.udp, sight.tcp, traits[i].looks_at_udp, sight.told_at});
  }
  if (asked < 2 && !session.told.evidence) return std::nullopt;
  return compare(sightings, asked, {session.v4, per_second, session.slack});
}

}  // namespace davylamp::watch
