#include "sources/ipsec/session_book.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/hash.hpp"

namespace davylamp::ipsec {
namespace {

constexpr std::size_t most_moved = 4096;      // in one observation
constexpr std::size_t most_children = 256;    // of one IKE_SA
constexpr std::uint64_t absent_listings = 2;  // what is absent from so many has gone

std::optional<ChildKey> key_of_child(const Child& child) {
  std::uint32_t spi = 0;
  const auto end = child.spi_in.data() + child.spi_in.size();
  const auto [stopped, error] = std::from_chars(child.spi_in.data(), end, spi, 16);
  if (child.unique_id == 0 || error != std::errc{} || stopped != end) return std::nullopt;
  return ChildKey{child.unique_id, spi};
}

std::uint64_t digest_of(const Ike& ike) {
  if (ike.remote_virtual.empty()) return 0;
  std::uint64_t digest = base::fnv1a_start;
  const auto add = [&digest](std::string_view text) { digest = base::fnv1a("\xff", base::fnv1a(text, digest)); };
  add(ike.user());
  add(ike.remote_id);
  for (const auto& address : ike.remote_virtual) add(address);
  return std::max<std::uint64_t>(digest, 1);
}

// Before that nobody is there; a passive one is another node's (the HA plugin).
bool is_session(const Ike& ike) {
  if (ike.unique_id == 0 || ike.user().empty() || ike.user() == "%any") return false;
  return ike.state != "CREATED" && ike.state != "CONNECTING" && ike.state != "PASSIVE";
}

bool is_rekeying(const Ike& ike) {
  return ike.state == "REKEYING" || ike.state == "REKEYED";
}

}  // namespace

model::Counters SessionRecord::sum() const {
  auto all = closed;
  for (const auto& [key, counters] : children) all += counters;
  return all;
}

SessionBook::SessionBook(BookRecord record) : record_(std::move(record)) {
  for (const auto& [number, session] : record_.sessions) {
    by_ike_[session.ike] = number;
    lately_[number].tell_facts = true;
  }
}

void SessionBook::begin_epoch(const std::string& epoch, base::Time now) {
  if (epoch != record_.epoch) {
    vanished();
    retired_.clear();
    record_.epoch = epoch;
    must_keep_ = true;
  }
  say(now, model::EpochStarted{epoch});
}

void SessionBook::vanished() {
  auto& sessions = record_.sessions;
  for (auto session = sessions.begin(); session != sessions.end();) {
    session = close(session, session->second.seen_at, model::EndReason::restart);
  }
}

void SessionBook::begin_listing(bool repair) {
  ++listing_;
  repair_ = repair;
  strangers_.clear();
}

void SessionBook::row(const Ike& ike, base::Time now) {
  if (const auto retired = retired_.find(ike.unique_id); retired != retired_.end()) {
    retired->second = listing_;
    return;
  }
  if (!is_session(ike)) return;
  if (by_ike_.contains(ike.unique_id)) {
    take_ike(ike, now);
  } else {
    strangers_.push_back(ike);
  }
}

// An IKE_SA that nobody announced: what was rekeyed while nobody listened, or somebody new.
SessionBook::Sessions::iterator SessionBook::session_of(const Ike& ike) {
  auto& sessions = record_.sessions;
  const auto identity = digest_of(ike);
  for (auto session = sessions.begin(); session != sessions.end(); ++session) {
    const auto& [number, record] = *session;
    const auto& lately = lately_[number];
    if (lately.going_at) continue;
    const bool shares_child = std::ranges::any_of(ike.children, [&record](const Child& child) {
      const auto key = key_of_child(child);
      return key && record.children.contains(*key);
    });
    const bool replaced = lately.listing != listing_ || lately.rekeying;
    if (shares_child || (identity != 0 && identity == record.identity && replaced)) return session;
  }
  return sessions.end();
}

void SessionBook::finish_listing(base::Time now) {
  for (const auto& ike : std::exchange(strangers_, {})) {
    if (retired_.contains(ike.unique_id)) continue;
    if (!by_ike_.contains(ike.unique_id)) {
      if (const auto known = session_of(ike); known != record_.sessions.end()) follow(known, ike.unique_id);
    }
    take_ike(ike, now);
  }
  std::vector<model::MovedPeer> moved;
  auto& sessions = record_.sessions;
  for (auto session = sessions.begin(); session != sessions.end();) {
    auto& lately = lately_[session->first];
    const auto last = lately.going_at ? lately.going_since : lately.listing;
    if (lately.listing != listing_ && last + absent_listings <= listing_) {
      const auto reason = lately.listing == 0 ? model::EndReason::away : model::EndReason::left;
      session = close(session, lately.going_at.value_or(session->second.seen_at), reason);
      continue;
    }
    fold_gone_children(session);
    if (lately.has_facts && (repair_ || lately.tell_facts)) {
      tell(session, now);
    } else if (lately.has_facts && lately.moved) {
      moved.push_back({key_of(session->first), session->second.sum()});
      lately.moved = false;
    }
    if (moved.size() >= most_moved) say(now, model::PeersMoved{std::exchange(moved, {})});
    ++session;
  }
  if (!moved.empty()) say(now, model::PeersMoved{std::move(moved)});
  std::erase_if(retired_, [this](const auto& one) { return one.second + absent_listings < listing_; });
  if (repair_) say(now, model::PeersListed{listing_, told_in_listing_});
  told_in_listing_ = 0;
}

SessionBook::Sessions::iterator SessionBook::take_ike(const Ike& ike, base::Time now) {
  auto& sessions = record_.sessions;
  const auto known = by_ike_.find(ike.unique_id);
  auto session = known == by_ike_.end() ? sessions.end() : sessions.find(known->second);
  if (session == sessions.end()) {
    bool added = false;
    std::tie(session, added) = sessions.try_emplace(ike.unique_id);
    if (!added) return sessions.end();  // charon gives no number twice
    session->second.ike = ike.unique_id;
    session->second.began_at = now - base::Seconds{ike.established_seconds.value_or(0)};
    by_ike_[ike.unique_id] = ike.unique_id;
    must_keep_ = true;
  }
  auto& lately = lately_[session->first];
  lately.listing = listing_;
  lately.rekeying = is_rekeying(ike);
  session->second.seen_at = now;
  take_facts(session, ike);
  take_children(session, ike);
  return session;
}

void SessionBook::take_facts(Sessions::iterator session, const Ike& ike) {
  auto& record = session->second;
  auto& lately = lately_[session->first];
  if (const auto identity = digest_of(ike); identity != record.identity) {
    record.identity = identity;
    must_keep_ = true;
  }
  model::PeerFacts facts;
  facts.connected_at = record.began_at;
  facts.user = ike.user();
  if (!ike.remote_id.empty()) facts.common_name = ike.remote_id;
  if (!ike.remote_login.empty()) facts.username = ike.remote_login;
  facts.transport = "udp";
  facts.real = ike.remote();
  for (const auto& text : ike.remote_virtual) {
    const auto address = model::Address::parse(text);
    if (!address) continue;
    auto& place = address->is_v4() ? facts.virtual_address : facts.virtual_address6;
    if (!place) place = *address;
  }
  const auto tunnel = std::ranges::find_if(ike.children, [](const Child& child) { return !child.cipher.empty(); });
  if (tunnel != ike.children.end()) {
    facts.cipher = tunnel->cipher;
  } else {
    // Events of an IKE_SA name no CHILD_SA.
    facts.cipher = lately.facts.cipher;
  }
  if (lately.has_facts && facts == lately.facts) return;
  lately.facts = std::move(facts);
  lately.has_facts = true;
  lately.tell_facts = true;
}

void SessionBook::take_children(Sessions::iterator session, const Ike& ike) {
  auto& record = session->second;
  auto& lately = lately_[session->first];
  for (const auto& child : ike.children) {
    const auto key = key_of_child(child);
    if (!key || lately.gone.contains(*key)) continue;
    if (record.children.size() >= most_children && !record.children.contains(*key)) continue;
    const auto [entry, added] = record.children.try_emplace(*key);
    auto& counters = entry->second;
    must_keep_ |= added;
    lately.seen[*key] = listing_;
    const auto before = counters;
    counters.raise_to(child.counters());
    if (counters == before) continue;
    lately.moved = true;
    must_keep_ = true;
  }
}

void SessionBook::fold_gone_children(Sessions::iterator session) {
  auto& record = session->second;
  auto& lately = lately_[session->first];
  for (auto child = record.children.begin(); child != record.children.end();) {
    const auto seen = lately.seen.find(child->first);
    if ((seen == lately.seen.end() ? 0 : seen->second) + absent_listings > listing_) {
      ++child;
      continue;
    }
    record.closed += child->second;
    if (seen != lately.seen.end()) lately.seen.erase(seen);
    child = record.children.erase(child);
    must_keep_ = true;
  }
  std::erase_if(lately.gone, [this](const auto& one) { return one.second + absent_listings < listing_; });
}

void SessionBook::ike_changed(const Report& report, base::Time now) {
  for (const auto& ike : report.ikes) {
    if (retired_.contains(ike.unique_id)) continue;
    const auto known = by_ike_.find(ike.unique_id);
    if (report.up) {
      if (is_session(ike)) take_ike(ike, now);
      continue;
    }
    if (known == by_ike_.end()) {
      retired_[ike.unique_id] = listing_;
      continue;
    }
    const auto session = record_.sessions.find(known->second);
    auto& lately = lately_[session->first];
    if (!lately.going_at) lately.going_since = listing_;
    lately.going_at = now;
    // Else the last words of its CHILD_SAs come now.
    if (session->second.children.empty()) close(session, now, model::EndReason::left);
  }
}

void SessionBook::child_changed(const Report& report, base::Time now) {
  for (const auto& ike : report.ikes) {
    if (retired_.contains(ike.unique_id)) continue;
    const auto known = by_ike_.find(ike.unique_id);
    auto session = known == by_ike_.end() ? record_.sessions.end() : record_.sessions.find(known->second);
    const bool going = session != record_.sessions.end() && lately_[session->first].going_at;
    if (going) {
      take_children(session, ike);
    } else if (is_session(ike)) {
      session = take_ike(ike, now);
    }
    if (report.up || session == record_.sessions.end()) continue;
    for (const auto& child : ike.children) close_child(session, child);
    if (going && session->second.children.empty()) {
      close(session, *lately_[session->first].going_at, model::EndReason::left);
    }
  }
}

void SessionBook::child_rekeyed(const Report& report, base::Time now) {
  for (const auto& ike : report.ikes) {
    if (retired_.contains(ike.unique_id) || !is_session(ike)) continue;
    const auto known = by_ike_.find(ike.unique_id);
    if (known == by_ike_.end() || !lately_[known->second].going_at) take_ike(ike, now);
  }
}

void SessionBook::close_child(Sessions::iterator session, const Child& child) {
  const auto key = key_of_child(child);
  if (!key) return;
  const auto kept = session->second.children.find(*key);
  if (kept == session->second.children.end()) return;
  auto& lately = lately_[session->first];
  session->second.closed += kept->second;
  session->second.children.erase(kept);
  lately.seen.erase(*key);
  lately.gone[*key] = listing_;
  must_keep_ = true;
}

void SessionBook::ike_rekeyed(const Report& report, base::Time now) {
  for (std::size_t i = 0; i < std::min(report.ikes.size(), report.replaced.size()); ++i) {
    const auto& fresh = report.ikes[i];
    const auto known = by_ike_.find(report.replaced[i].unique_id);
    if (known != by_ike_.end() && !by_ike_.contains(fresh.unique_id)) {
      follow(record_.sessions.find(known->second), fresh.unique_id);
    } else if (known == by_ike_.end()) {
      retired_[report.replaced[i].unique_id] = listing_;
    }
    if (is_session(fresh)) take_ike(fresh, now);
  }
}

void SessionBook::follow(Sessions::iterator session, std::uint64_t ike) {
  retired_[session->second.ike] = listing_;
  by_ike_.erase(session->second.ike);
  session->second.ike = ike;
  by_ike_[ike] = session->first;
  must_keep_ = true;
}

SessionBook::Sessions::iterator SessionBook::close(Sessions::iterator session, base::Time at, model::EndReason reason) {
  const auto number = session->first;
  auto& lately = lately_[number];
  if (lately.has_facts && lately.tell_facts)
    say(at, model::PeerSeen{key_of(number), session->second.sum(), 0, lately.facts});
  say(at, model::PeerGone{key_of(number), session->second.sum(), reason});
  by_ike_.erase(session->second.ike);
  retired_[session->second.ike] = listing_;
  lately_.erase(number);
  must_keep_ = true;
  return record_.sessions.erase(session);
}

void SessionBook::tell(Sessions::iterator session, base::Time now) {
  auto& lately = lately_[session->first];
  const auto listing = repair_ ? listing_ : 0;
  say(now, model::PeerSeen{key_of(session->first), session->second.sum(), listing, lately.facts});
  lately.tell_facts = false;
  lately.moved = false;
  if (repair_) ++told_in_listing_;
}

std::vector<SessionBook::Said> SessionBook::take_said() {
  return std::exchange(said_, {});
}

bool SessionBook::take_must_keep() {
  return std::exchange(must_keep_, false);
}

}  // namespace davylamp::ipsec
