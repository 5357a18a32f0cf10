#include "sources/watch/peer_ledger.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace davylamp::watch {
namespace {

// What is told late of a flow that ended still finds it.
constexpr base::Seconds ended_kept{30};
// One that was never answered: somebody who knocked.
constexpr base::Seconds knock_kept{30};
// For the flows of before a restart to be found again, when no listing says so.
constexpr base::Seconds settling{60};
constexpr std::uint64_t knocks = 10;
constexpr std::uint64_t knock_bytes = 10'000;
constexpr base::Seconds uncounted_shown_after{2};

bool is_zero(const model::FlowCounters& counters) {
  return counters == model::FlowCounters{};
}

// Raises `known`; by how much.
model::FlowCounters raise(model::FlowCounters& known, const model::FlowCounters& now) {
  const auto one = [](std::uint64_t& old, std::uint64_t fresh) {
    if (fresh <= old) return std::uint64_t{0};
    return fresh - std::exchange(old, fresh);
  };
  return {one(known.rx_bytes, now.rx_bytes), one(known.tx_bytes, now.tx_bytes), one(known.rx_packets, now.rx_packets),
          one(known.tx_packets, now.tx_packets)};
}

void add(model::FlowCounters& sum, const model::FlowCounters& moved) {
  sum.rx_bytes += moved.rx_bytes;
  sum.tx_bytes += moved.tx_bytes;
  sum.rx_packets += moved.rx_packets;
  sum.tx_packets += moved.tx_packets;
}

std::optional<std::size_t> index_of(const std::vector<WitnessTraits>& witnesses, std::string_view kind) {
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    if (witnesses[i].kind == kind) return i;
  }
  return std::nullopt;
}

}  // namespace

std::size_t PeerLedger::EndpointHash::operator()(const model::Endpoint& endpoint) const {
  std::uint64_t halves[2];
  std::memcpy(halves, endpoint.address.bytes().data(), sizeof halves);
  auto hash = halves[0] ^ (halves[1] * 0x9E37'79B9'7F4A'7C15ULL) ^ (std::uint64_t{endpoint.port.value_or(0)} << 40U);
  hash ^= hash >> 32U;
  return hash * 0xD6E8'FEB8'6659'FD93ULL;
}

PeerLedger::PeerLedger(Rules rules, SlotBook book, base::Time now)
    : rules_(std::move(rules)),
      book_(std::move(book)),
      choice_(rules_.witnesses.size(), index_of(rules_.witnesses, book_.counting())),
      counting_(choice_.counting()),
      tables_(rules_.witnesses.size(), FlowTable(book_.flow_slots())) {
  restore(now);
}

void PeerLedger::restore(base::Time now) {
  for (std::uint32_t i = 0; i < book_.peer_slots(); ++i) {
    if (book_.peer(i).key == 0) continue;
    peers_.resize(i + 1);
    peers_[i].restored = true;
    by_endpoint_.insert_or_assign(key_of(where(i)), i);
  }
  sights_.resize(peers_.size() * traits().size());
  changed_.resize((peers_.size() / 64) + 1);
  for (std::uint32_t i = 0; i < peers_.size(); ++i) {
    if (book_.peer(i).key != 0) mark(i);
  }
  if (!counting_) return;
  for (std::uint32_t i = 0; i < book_.flow_slots(); ++i) {
    if (book_.flow(i).mark != FlowMark::free) restore_flow(i, tables_[*counting_], now);
  }
}

void PeerLedger::restore_flow(std::uint32_t slot, FlowTable& table, base::Time now) {
  const auto& remembered = book_.flow(slot);
  Flow* flow = table.add(remembered.identity);
  if (flow == nullptr) return;
  flow->restored = true;
  flow->continued = true;
  flow->last = {remembered.rx_bytes, remembered.tx_bytes, 0, 0};
  flow->flow_slot = slot;
  flow->turn = turn_;
  if (remembered.mark == FlowMark::ended) table.end(*flow, now);
}

model::Endpoint PeerLedger::where(std::uint32_t index) const {
  const auto& slot = book_.peer(index);
  auto address = model::Address::from_v6(slot.address);
  if (slot.is_v4 != 0)
    address = model::Address::from_v4({slot.address[0], slot.address[1], slot.address[2], slot.address[3]});
  if (slot.many_flows != 0 || slot.port == 0) return {address, std::nullopt};
  return {address, slot.port};
}

model::Endpoint PeerLedger::key_of(const model::Endpoint& peer) const {
  return {peer.address, rules_.apart_by_port ? peer.port : std::nullopt};
}

void PeerLedger::seen(std::size_t witness, base::Time now, const model::FlowSeen& told) {
  auto& table = tables_[witness];
  Flow* flow = table.find(told.identity);
  const bool fresh = flow == nullptr;
  if (fresh) flow = table.add(told.identity);
  if (flow == nullptr) {
    ++losses_.flows_not_kept;
    return;
  }
  if (fresh || flow->restored) {
    flow->protocol = told.protocol;
    flow->peer = told.peer;
    flow->began_at = told.began_at;
    flow->told_first_at = now;
    flow->restored = false;
  }
  flow->listing = table.listing();
  if (flow->ended) {
    table.revive(*flow);
    if (flow->turn == turn_ && flow->flow_slot != no_slot) book_.revive_flow(flow->flow_slot);
    if (linked(*flow)) ++sight(flow->peer_slot, witness).flows;
  }
  const auto moved = told.counters ? raise(flow->last, *told.counters) : model::FlowCounters{};
  flow->has_counters = flow->has_counters || told.counters.has_value();
  const bool moves = fresh || !is_zero(moved);
  auto active_at = moves ? now : base::Time{};
  if (told.last_seen_at != base::Time{}) active_at = std::min(told.last_seen_at, now);
  const bool may_begin = moves && now - active_at <= rules_.idle;
  if (link(witness, now, *flow, may_begin)) {
    auto& last_seen_at = book_.peer(flow->peer_slot).last_seen_at;
    last_seen_at = std::max(last_seen_at, active_at.time_since_epoch().count());
    if (told.quality) {
      auto& blend = peers_[flow->peer_slot].quality;
      if (!blend) blend = std::make_unique<QualityBlend>();
      blend->add(*told.quality, moved.rx_bytes + moved.tx_bytes);
    }
  }
  take(witness, now, *flow, moved);
}

bool PeerLedger::linked(const Flow& flow) const {
  return flow.peer_slot != no_slot && book_.peer(flow.peer_slot).key == flow.peer_key;
}

bool PeerLedger::link(std::size_t witness, base::Time now, Flow& flow, bool may_begin) {
  if (linked(flow)) return true;
  const auto found = by_endpoint_.find(key_of(flow.peer));
  auto index = found == by_endpoint_.end() ? no_slot : found->second;
  if (index == no_slot && may_begin) index = begin_peer(now, flow);
  if (index == no_slot) return false;
  auto& slot = book_.peer(index);
  flow.peer_slot = index;
  flow.peer_key = slot.key;
  slot.protocols |= flow.protocol == model::Protocol::udp ? 1U : 2U;
  auto& seen_by = sight(index, witness);
  if (!flow.ended) ++seen_by.flows;
  if (++seen_by.linked > 1 && !rules_.apart_by_port) slot.many_flows = 1;
  return true;
}

std::uint32_t PeerLedger::begin_peer(base::Time now, const Flow& flow) {
  // A flow that was known before and rested: this is another session.
  const bool from_its_start = !flow.continued && flow.told_first_at == now && flow.began_at != base::Time{};
  const auto index = book_.add_peer(flow.peer, from_its_start ? std::min(flow.began_at, now) : now);
  if (index == no_slot) {
    ++losses_.peers_not_kept;
    return no_slot;
  }
  if (index >= peers_.size()) {
    peers_.resize(index + 1);
    sights_.resize(peers_.size() * traits().size());
    changed_.resize((peers_.size() / 64) + 1);
  }
  peers_[index] = {};
  peers_[index].began_at = now;
  for (std::size_t i = 0; i < traits().size(); ++i) sight(index, i) = {};
  by_endpoint_.insert_or_assign(key_of(flow.peer), index);
  return index;
}

bool PeerLedger::answers(const WitnessTraits& witness, base::Time now, const Flow& flow) {
  if (witness.layer == model::CountedLayer::payload) return true;  // a connection that stands
  if (!flow.has_counters) return now - flow.told_first_at >= uncounted_shown_after;
  return flow.last.tx_bytes > 0 || flow.last.rx_packets >= knocks || flow.last.rx_bytes >= knock_bytes;
}

void PeerLedger::take(std::size_t witness, base::Time now, Flow& flow, const model::FlowCounters& moved) {
  const bool has_peer = linked(flow);
  if (counting_ == witness) count(flow);
  if (!has_peer) return;
  auto& seen_by = sight(flow.peer_slot, witness);
  add(flow.protocol == model::Protocol::udp ? seen_by.udp : seen_by.tcp, moved);
  seen_by.told_at = now;
  peers_[flow.peer_slot].restored = false;
  auto& slot = book_.peer(flow.peer_slot);
  if (slot.open == 0 && answers(traits()[witness], now, flow)) slot.open = 1;
  mark(flow.peer_slot);
}

void PeerLedger::count(Flow& flow) {
  if (flow.turn != turn_) {
    const bool from_its_start = flow.began_at >= book_.counting_from() || book_.counting_from() == base::Time{};
    flow.turn = turn_;
    flow.flow_slot = book_.add_flow(flow.identity, from_its_start ? model::Counters{} : flow.last.bytes());
    if (flow.flow_slot == no_slot) ++losses_.flows_not_kept;
  }
  if (flow.flow_slot != no_slot && linked(flow)) book_.count(flow.flow_slot, flow.peer_slot, flow.last.bytes());
}

void PeerLedger::ended(std::size_t witness, base::Time now, const model::FlowEnded& told) {
  Flow* flow = tables_[witness].find(told.identity);
  if (flow == nullptr || flow->restored) return;
  const auto moved = told.counters ? raise(flow->last, *told.counters) : model::FlowCounters{};
  if (told.counters) flow->has_counters = true;
  if (link(witness, now, *flow, !is_zero(moved)) && !is_zero(moved)) {
    auto& last_seen_at = book_.peer(flow->peer_slot).last_seen_at;
    const auto at = told.ended_at == base::Time{} ? now : std::min(told.ended_at, now);
    last_seen_at = std::max(last_seen_at, at.time_since_epoch().count());
  }
  take(witness, now, *flow, moved);
  if (!flow->ended) end(witness, now, *flow);
}

void PeerLedger::end(std::size_t witness, base::Time now, Flow& flow) {
  tables_[witness].end(flow, now);
  if (flow.turn == turn_ && counting_ == witness && flow.flow_slot != no_slot) book_.end_flow(flow.flow_slot);
  if (!linked(flow)) return;
  auto& flows = sight(flow.peer_slot, witness).flows;
  if (flows > 0) --flows;
}

void PeerLedger::end_listing(std::size_t witness, base::Time now) {
  tables_[witness].end_listing([&](Flow& flow) {
    if (flow.restored) ++losses_.ended_while_away;
    end(witness, now, flow);
  });
  if (counting_ == witness) settled_ = true;
}

void PeerLedger::tick(base::Time now) {
  if (!first_tick_at_) first_tick_at_ = now;
  settled_ = settled_ || now - *first_tick_at_ >= settling;
  const auto chosen = choice_.choose(now);
  if (chosen && chosen != counting_) count_by(*chosen, now);
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    tables_[i].forget_ended(now - ended_kept, [&](const Flow& flow) {
      if (counting_ == i && flow.turn == turn_ && flow.flow_slot != no_slot) book_.drop_flow(flow.flow_slot);
    });
  }
}

void PeerLedger::count_by(std::size_t witness, base::Time now) {
  const bool first = !book_.counted_ever();
  if (!first) ++losses_.changes_of_counting;
  book_.count_by(traits()[witness].kind, first ? base::Time{} : now);
  counting_ = witness;
  ++turn_;
  // What it told before it was chosen counts when nobody else counted; else only what comes from now on.
  if (!first) return;
  tables_[witness].each([&](Flow& flow) {
    count(flow);
    if (linked(flow)) mark(flow.peer_slot);
  });
}

std::uint32_t PeerLedger::flows(std::uint32_t index) {
  if (counting_ && sight(index, *counting_).flows > 0) return sight(index, *counting_).flows;
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < traits().size(); ++i) most = std::max(most, sight(index, i).flows);
  return most;
}

bool PeerLedger::is_idle(std::uint32_t index, base::Time now) const {
  const auto& slot = book_.peer(index);
  if (slot.key == 0 || (peers_[index].restored && !settled_)) return false;
  const auto patience = slot.open != 0 ? rules_.idle : std::min(rules_.idle, knock_kept);
  return now - base::Time{base::Milliseconds{slot.last_seen_at}} > patience;
}

void PeerLedger::drop(std::uint32_t index) {
  if (book_.peer(index).open == 0) ++losses_.never_answered;
  by_endpoint_.erase(key_of(where(index)));
  book_.drop_peer(index);
  peers_[index] = {};
}

void PeerLedger::mark(std::uint32_t index) {
  changed_[index / 64] |= std::uint64_t{1} << (index % 64);
}

std::vector<model::Loss> PeerLedger::losses() const {
  return {
      {"watch_flows_not_kept", losses_.flows_not_kept, "reports of flows that no room was left for (most_peers)"},
      {"watch_peers_not_kept", losses_.peers_not_kept, "reports of peers that no room was left for (most_peers)"},
      {"watch_flows_ended_while_away", losses_.ended_while_away,
       "flows that ended while Davylamp was not running: what they moved in that time is not counted"},
      {"watch_changes_of_counting", losses_.changes_of_counting,
       "times that another witness took over: what moved between the last report of the one and the first of the other "
       "is not counted"},
      {"watch_never_answered", losses_.never_answered,
       "addresses that sent something which the service never answered: no sessions"},
  };
}

}  // namespace davylamp::watch
