#include "sources/watch/session_teller.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::watch {
namespace {

constexpr std::size_t peers_a_fact = 1'000;
constexpr base::Seconds list_every{60};
constexpr std::uint32_t listed_a_tick = 1'000;
constexpr std::uint32_t ticks_a_listing = 30;
constexpr std::uint64_t rounds = 5;  // each peer is judged in one of so many ticks
constexpr std::uint32_t few = 4'096;
constexpr base::Seconds told_again_after{60};

base::Time last_seen(const PeerSlot& slot) {
  return base::Time{base::Milliseconds{slot.last_seen_at}};
}

}  // namespace

void SessionTeller::tick(base::Time now, contract::ObservationSink& sink) {
  ++ticks_;
  begin_listing(now);
  tell_changed(now, sink);
  end_idle(now, sink);
  list(now, sink);
  judge_some(now, sink);
}

SessionTeller::Told& SessionTeller::told(std::uint32_t index) {
  if (index >= told_.size()) told_.resize(ledger_.slots_used());
  auto& told = told_[index];
  if (told.key != 0 && told.key != ledger_.slot(index).key) told = {};
  return told;
}

bool SessionTeller::is_told(std::uint32_t index) {
  return ledger_.slot(index).key != 0 && told(index).key != 0;
}

model::PeerFacts SessionTeller::facts(std::uint32_t index) const {
  const auto& slot = ledger_.slot(index);
  model::PeerFacts facts;
  facts.connected_at = base::Time{base::Milliseconds{slot.connected_at}};
  facts.real = ledger_.where(index);
  facts.user = facts.real->address.to_string();
  facts.user_is_address = true;
  if (slot.protocols == 1) facts.transport = "udp";
  if (slot.protocols == 2) facts.transport = "tcp";
  return facts;
}

void SessionTeller::tell(std::uint32_t index, base::Time now, contract::ObservationSink& sink) {
  auto& known = told(index);
  if (known.key == 0) ++sessions_;
  known.key = ledger_.slot(index).key;
  known.totals = ledger_.totals(index);
  known.listing = listing_now_ ? listing_ : 0;
  sink.emit(now, model::PeerSeen{ledger_.key_text(index), known.totals, known.listing, facts(index)});
}

void SessionTeller::tell_changed(base::Time now, contract::ObservationSink& sink) {
  model::PeersMoved moved;
  ledger_.each_changed([&](std::uint32_t index) {
    const auto& slot = ledger_.slot(index);
    if (slot.key == 0 || slot.open == 0) return;
    auto& known = told(index);
    if (known.key == 0) return tell(index, now, sink);
    const auto totals = ledger_.totals(index);
    if (totals == known.totals) return;
    known.totals = totals;
    if (moved.peers.capacity() == 0) moved.peers.reserve(peers_a_fact);
    moved.peers.push_back({ledger_.key_text(index), totals});
    if (moved.peers.size() == peers_a_fact) sink.emit(now, std::exchange(moved, {}));
  });
  if (!moved.peers.empty()) sink.emit(now, std::move(moved));
}

void SessionTeller::end_idle(base::Time now, contract::ObservationSink& sink) {
  // A session ends when it was last seen, so it does not matter that many are looked at in turns.
  const auto turns = ledger_.slots_used() <= few ? 1U : 8U;
  for (auto index = static_cast<std::uint32_t>(ticks_ % turns); index < ledger_.slots_used(); index += turns) {
    if (!ledger_.is_idle(index, now)) continue;
    if (is_told(index)) {
      sink.emit(last_seen(ledger_.slot(index)),
                model::PeerGone{ledger_.key_text(index), ledger_.totals(index), model::EndReason::timeout});
      --sessions_;
    }
    if (index < told_.size()) told_[index] = {};
    ledger_.drop(index);
  }
}

void SessionTeller::begin_listing(base::Time now) {
  if (listing_now_ || now < list_next_at_) return;
  list_next_at_ = now + list_every;
  // Greater than any that was told before a restart.
  listing_ = std::max(listing_ + 1, static_cast<std::uint64_t>(base::to_unix_seconds(now)));
  listing_now_ = true;
  listed_to_ = 0;
}

void SessionTeller::list(base::Time now, contract::ObservationSink& sink) {
  if (!listing_now_) return;
  const auto slots = ledger_.slots_used();
  const auto end = std::min(slots, listed_to_ + std::max(listed_a_tick, slots / ticks_a_listing));
  for (; listed_to_ < end; ++listed_to_) {
    if (is_told(listed_to_) && told(listed_to_).listing != listing_) tell(listed_to_, now, sink);
  }
  if (listed_to_ < slots) return;
  listing_now_ = false;
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < slots; ++i) {
    if (is_told(i) && told(i).listing == listing_) ++count;
  }
  sink.emit(now, model::PeersListed{listing_, count});
}

void SessionTeller::judge_some(base::Time now, contract::ObservationSink& sink) {
  model::PeersJudged judged;
  for (auto index = static_cast<std::uint32_t>(ticks_ % rounds); index < ledger_.slots_used(); index += rounds) {
    if (!is_told(index)) continue;
    auto found = judge(index, now);
    if (!found) continue;
    judged.peers.push_back(std::move(*found));
    if (judged.peers.size() == peers_a_fact) sink.emit(now, std::exchange(judged, {}));
  }
  if (!judged.peers.empty()) sink.emit(now, std::move(judged));
}

std::optional<model::JudgedPeer> SessionTeller::judge(std::uint32_t index, base::Time now) {
  auto& known = told(index);
  const auto seen_before = known.seen_then;
  auto evidence = this->evidence(index, now, known);
  auto quality = ledger_.peer(index).quality ? ledger_.peer(index).quality->take(now) : std::nullopt;
  const auto flows = ledger_.flows(index);
  const auto* before = known.judged.get();
  // The last figures of one that rests now are told without waiting.
  const bool aged = now - known.judged_at >= told_again_after || known.seen_then == seen_before;
  bool worth = before == nullptr || before->flows != flows;
  if (evidence && (before == nullptr || !before->evidence || worth_telling(*before->evidence, *evidence) ||
                   (aged && *before->evidence != *evidence)))
    worth = true;
  if (quality && (before == nullptr || !before->quality || worth_telling(*before->quality, *quality))) worth = true;
  if (!worth) return std::nullopt;
  if (!known.judged) known.judged = std::make_unique<model::JudgedPeer>();
  known.judged->peer = ledger_.key_text(index);
  if (evidence) known.judged->evidence = std::move(evidence);
  if (quality) known.judged->quality = std::move(quality);
  known.judged->flows = flows;
  known.judged_at = now;
  return *known.judged;
}

bool SessionTeller::comparable(std::uint32_t index, base::Time now, Told& known, const model::Counters& per_second) {
  const auto settled_at = ledger_.choice().settled_at();
  if (known.compared_since == settled_at) return true;
  // Everybody who looks now looked when it began: they compare from its start.
  if (ledger_.peer(index).began_at > settled_at + base::Seconds{3}) {
    known.compared_since = settled_at;
    return true;
  }
  if (now - settled_at < base::Seconds{10} || known.looked_at == base::Time{}) return false;
  for (std::size_t i = 0; i < ledger_.traits().size(); ++i) {
    auto& sight = ledger_.sight(index, i);
    sight.udp = sight.tcp = {};
  }
  known.compared_since = settled_at;
  known.seen_then = {};
  known.slack = {per_second.rx_bytes * 3, per_second.tx_bytes * 3};
  return true;
}

std::optional<model::Evidence> SessionTeller::evidence(std::uint32_t index, base::Time now, Told& known) {
  const auto& traits = ledger_.traits();
  const auto counting = ledger_.choice().counting();
  if (traits.size() < 2 || !counting) return std::nullopt;
  const auto sum = [&](std::size_t witness) {
    auto bytes = ledger_.sight(index, witness).udp.bytes();
    bytes += ledger_.sight(index, witness).tcp.bytes();
    return bytes;
  };
  const auto since = known.looked_at == base::Time{} ? ledger_.peer(index).began_at : known.looked_at;
  const auto seconds = static_cast<std::uint64_t>(
      std::max<std::int64_t>(std::chrono::duration_cast<base::Seconds>(now - since).count(), 1));
  auto bytes = sum(*counting);
  auto moved = bytes;
  if (known.seen_then.rx_bytes <= bytes.rx_bytes && known.seen_then.tx_bytes <= bytes.tx_bytes)
    moved = bytes - known.seen_then;
  // Traffic comes in bursts: twice the mean since the last look.
  const model::Counters per_second{2 * moved.rx_bytes / seconds, 2 * moved.tx_bytes / seconds};
  const bool compares = comparable(index, now, known, per_second);
  known.looked_at = now;
  known.seen_then = sum(*counting);
  if (!compares) return std::nullopt;
  const auto sighting = [&](std::size_t witness) {
    const auto& sight = ledger_.sight(index, witness);
    return Sighting{traits[witness].kind,         traits[witness].layer, sight.udp, sight.tcp,
                    traits[witness].looks_at_udp, sight.told_at};
  };
  std::vector<Sighting> sightings{sighting(*counting)};
  std::uint32_t asked = 1;
  for (std::size_t i = 0; i < traits.size(); ++i) {
    const bool tcp = (ledger_.slot(index).protocols & 2U) != 0;
    if (i == *counting || !ledger_.choice().looks(i) || (!traits[i].looks_at_udp && !tcp)) continue;
    ++asked;
    if (ledger_.sight(index, i).linked > 0) sightings.push_back(sighting(i));
  }
  const bool said_before = known.judged && known.judged->evidence;
  if (asked < 2 && !said_before) return std::nullopt;
  return compare(sightings, asked, {ledger_.slot(index).is_v4 != 0, per_second, known.slack});
}

}  // namespace davylamp::watch
