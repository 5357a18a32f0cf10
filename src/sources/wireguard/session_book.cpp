#include "sources/wireguard/session_book.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::wireguard {
namespace {

// REJECT_AFTER_TIME of the WireGuard paper, section 6.1: no packet is taken under a handshake older than this.
constexpr base::Seconds silence{180};
constexpr std::size_t most_moved = 4096;  // in one observation
constexpr std::size_t least_key_characters = 8;

base::Time time_of(std::int64_t nanoseconds) {
  return base::Time{std::chrono::floor<base::Milliseconds>(std::chrono::nanoseconds{nanoseconds})};
}

// The host's clock may have been set since: a handshake of the future proves nothing, then what moved must do.
bool is_fresh(std::int64_t handshake_ns, base::Time moved_at, base::Time now) {
  if (handshake_ns == 0) return false;
  const auto age = now - time_of(handshake_ns);
  return age > -silence ? age < silence : now - moved_at < silence;
}

// As many bytes of a key as its first 8 characters of base64 show.
std::uint64_t beginning_of(const Key& key) {
  std::uint64_t beginning = 0;
  std::memcpy(&beginning, key.bytes.data(), least_key_characters * 6 / 8);
  return beginning;
}

}  // namespace

SessionBook::SessionBook(const BookRecord& record)
    : epoch_(record.epoch), first_look_(record.epoch.empty()), looked_at_(record.looked_at) {
  for (const auto& [key, kept] : record.peers) {
    Tracked tracked;
    tracked.record = kept;
    tracked.tell_facts = true;
    if (kept.open) ++open_count_;
    if (peers_.insert_or_assign(key, tracked).second) ++beginnings_[beginning_of(key)];
  }
}

void SessionBook::begin_epoch(const std::string& epoch, std::optional<base::Time> made_at, base::Time now) {
  made_at_ = made_at;
  const bool changed = epoch != epoch_;
  if (changed && !epoch_.empty()) {
    end_all(model::EndReason::restart);
    // Whatever the new interface has counted, it counted since we last looked.
    first_look_ = false;
  }
  if (changed) {
    peers_.clear();
    beginnings_.clear();
    epoch_ = epoch;
    must_keep_ = true;
  }
  say(now, model::EpochStarted{epoch_});
}

void SessionBook::vanished() {
  end_all(model::EndReason::restart);
}

void SessionBook::end_all(model::EndReason reason) {
  for (auto& [key, tracked] : peers_) {
    if (tracked.record.open) close(key, tracked, std::max(tracked.record.moved_at, tracked.record.began_at), reason);
  }
}

void SessionBook::set_names(NameMap names) {
  names_ = std::move(names);
  for (auto& [key, tracked] : peers_) tracked.tell_facts = true;
}

void SessionBook::look(const Device& device, base::Time now, bool repair) {
  const Looked looked{now, now - looked_at_ > silence, repair, repair ? ++listing_ : 0};
  ++look_;
  for (const auto& peer : device.peers) look_at(device, peer, looked);
  flush_moved(now);
  if (device.problems == 0) {
    forget_absent();
    if (repair) say(now, model::PeersListed{looked.listing, open_count_});
  }
  looked_at_ = now;
  first_look_ = false;
}

void SessionBook::look_at(const Device& device, const Peer& peer, const Looked& looked) {
  const auto [entry, is_new] = peers_.try_emplace(peer.public_key);
  auto& tracked = entry->second;
  auto& record = tracked.record;
  const model::Counters counted{peer.rx_bytes, peer.tx_bytes};
  tracked.look = look_;
  if (is_new) {
    note_beginning(peer.public_key);
    // What an interface counted before anybody looked is the sum of unknown sessions, unless it is younger than the
    // longest silence within one.
    const bool young = made_at_ && looked.now - *made_at_ < silence;
    if (first_look_ && !young) record.base = record.seen = counted;
    record.moved_at = std::min(time_of(peer.handshake_ns), looked.now);
    must_keep_ = true;
  } else if (counted.rx_bytes < record.seen.rx_bytes || counted.tx_bytes < record.seen.tx_bytes ||
             (peer.handshake_ns == 0 && record.handshake_ns != 0)) {
    // Removed and added again: it counts from zero.
    if (record.open) close(peer.public_key, tracked, record.moved_at, model::EndReason::restart);
    record.base = record.seen = {};
    record.handshake_ns = 0;
    must_keep_ = true;
  }
  take_facts(tracked, device, peer);
  const bool grew = counted.rx_bytes > record.seen.rx_bytes;
  const bool fresh = is_fresh(peer.handshake_ns, record.moved_at, looked.now);
  const bool here = fresh || (grew && !looked.away && peer.handshake_ns != 0);
  const bool shook = peer.handshake_ns > record.handshake_ns;
  if (record.open && !here && !grew) {
    // What moved at this very look (handshakes that nobody answers) is left to the next session: what is told with the
    // end was told, and so written down, before.
    close(peer.public_key, tracked, std::max(record.moved_at, record.began_at), model::EndReason::timeout);
    record.seen.raise_to(counted);
    return;
  }
  if (!record.open && (here || (grew && shook))) {
    // A session whose key was used has had its last word.
    const auto shaken_at = std::min(time_of(peer.handshake_ns), looked.now);
    open(tracked, shaken_at > record.began_at ? shaken_at : looked.now);
  }
  if (grew)
    record.moved_at = fresh || !looked.away ? looked.now : std::max(time_of(peer.handshake_ns), record.moved_at);
  const bool moved = !(counted == record.seen);
  record.seen = counted;
  record.handshake_ns = peer.handshake_ns;
  if (record.open) tell(peer.public_key, tracked, looked, moved);
}

void SessionBook::take_facts(Tracked& tracked, const Device& device, const Peer& peer) {
  std::optional<model::Address> v4;
  std::optional<model::Address> v6;
  for (const auto& allowed : device.allowed_of(peer)) {
    if (!allowed.is_host()) continue;
    auto& address = allowed.address.is_v4() ? v4 : v6;
    // The order of several says nothing, and changes.
    if (!address || allowed.address < *address) address = allowed.address;
  }
  // An interface that was just told of its peers may not know where they are; what is known stays known.
  const auto endpoint = peer.endpoint ? peer.endpoint : tracked.endpoint;
  if (endpoint == tracked.endpoint && v4 == tracked.virtual_address && v6 == tracked.virtual_address6) return;
  tracked.endpoint = endpoint;
  tracked.virtual_address = v4;
  tracked.virtual_address6 = v6;
  tracked.tell_facts = true;
}

void SessionBook::open(Tracked& tracked, base::Time began_at) {
  tracked.record.open = true;
  tracked.record.began_at = began_at;
  tracked.record.moved_at = std::max(tracked.record.moved_at, began_at);
  tracked.tell_facts = true;
  ++open_count_;
  must_keep_ = true;
}

void SessionBook::close(const Key& key, Tracked& tracked, base::Time at, model::EndReason reason) {
  auto& record = tracked.record;
  say(at, model::PeerGone{session_key(key, tracked), record.seen - record.base, reason});
  record.open = false;
  record.base = record.seen;
  --open_count_;
  must_keep_ = true;
}

void SessionBook::tell(const Key& key, Tracked& tracked, const Looked& looked, bool moved) {
  const auto counters = tracked.record.seen - tracked.record.base;
  if (looked.repair || tracked.tell_facts) {
    say(looked.now, model::PeerSeen{session_key(key, tracked), counters, looked.listing, facts_of(key, tracked)});
    tracked.tell_facts = false;
  } else if (moved) {
    moved_.push_back({session_key(key, tracked), counters});
    if (moved_.size() >= most_moved) flush_moved(looked.now);
  }
}

void SessionBook::flush_moved(base::Time now) {
  if (!moved_.empty()) say(now, model::PeersMoved{std::exchange(moved_, {})});
}

void SessionBook::forget_absent() {
  for (auto entry = peers_.begin(); entry != peers_.end();) {
    auto& tracked = entry->second;
    if (tracked.look == look_) {
      ++entry;
      continue;
    }
    if (tracked.record.open) close(entry->first, tracked, tracked.record.moved_at, model::EndReason::left);
    must_keep_ = true;
    --beginnings_[beginning_of(entry->first)];
    peers_.erase(entry++);
  }
}

std::string SessionBook::session_key(const Key& key, const Tracked& tracked) const {
  return epoch_ + "/" + key.to_base64() + "/" + std::to_string(tracked.record.began_at.time_since_epoch().count());
}

std::string SessionBook::user_of(const Key& key) const {
  if (const auto named = names_.find(key); named != names_.end()) return named->second;
  auto text = key.to_base64();
  const auto alike = beginnings_.find(beginning_of(key));
  if (alike == beginnings_.end() || alike->second < 2) text.resize(least_key_characters);
  return text;
}

void SessionBook::note_beginning(const Key& key) {
  if (++beginnings_[beginning_of(key)] != 2) return;
  for (auto& [other, tracked] : peers_) tracked.tell_facts = true;
}

model::PeerFacts SessionBook::facts_of(const Key& key, const Tracked& tracked) const {
  model::PeerFacts facts;
  facts.connected_at = tracked.record.began_at;
  facts.user = user_of(key);
  facts.common_name = key.to_base64();
  facts.transport = "udp";
  facts.real = tracked.endpoint;
  facts.virtual_address = tracked.virtual_address;
  facts.virtual_address6 = tracked.virtual_address6;
  facts.cipher = "ChaCha20-Poly1305";
  return facts;
}

std::vector<SessionBook::Said> SessionBook::take_said() {
  return std::exchange(said_, {});
}

bool SessionBook::take_must_keep() {
  return std::exchange(must_keep_, false);
}

BookRecord SessionBook::record() const {
  BookRecord record;
  record.epoch = epoch_;
  record.looked_at = looked_at_;
  record.peers.reserve(peers_.size());
  for (const auto& [key, tracked] : peers_) record.peers.emplace(key, tracked.record);
  return record;
}

}  // namespace davylamp::wireguard
