#include "player.hpp"

#include <algorithm>

#include "app/batch.hpp"
#include "base/codec.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::scenarios {
namespace {

constexpr std::size_t most_remembered = 100;
constexpr std::size_t most_events = 1'000;

std::optional<std::uint64_t> value_of(const std::vector<std::string>& words, std::string_view name) {
  for (const auto& word : words) {
    if (word.starts_with(name)) return base::parse_number<std::uint64_t>(std::string_view(word).substr(name.size()));
  }
  return std::nullopt;
}

std::optional<model::Counters> counters_of(const std::vector<std::string>& words) {
  const auto rx = value_of(words, "rx=");
  const auto tx = value_of(words, "tx=");
  if (!rx || !tx) return std::nullopt;
  return model::Counters{*rx, *tx};
}

std::string bytes_text(std::uint64_t rx, std::uint64_t tx) {
  return " rx=" + std::to_string(rx) + " tx=" + std::to_string(tx);
}

model::ServerFacts health(bool up) {
  model::ServerFacts facts;
  facts.state = up ? model::ServerState::up : model::ServerState::down;
  facts.health = up ? "Answers." : "Does not answer.";
  return facts;
}

}  // namespace

Player::Player(Road& road, contract::Store& store, base::Milliseconds commit_every)
    : road_(road),
      store_(store),
      commit_every_(commit_every),
      began_(base::from_unix_seconds(1'795'300'020)),
      now_(began_),
      committed_at_(began_) {
  start();
}

void Player::start() {
  shards_.clear();
  for (std::uint32_t index = 0; index < road_.shards(); ++index) {
    auto& shard = shards_.emplace_back();
    shard.writer = store_.writer({.shard = {.index = index, .count = road_.shards()}, .epoch = 0});
    shard.pipeline = std::make_unique<core::Pipeline>();
    const auto checkpoint = shard.writer->load_checkpoint();
    shard.last_batch = checkpoint.last_batch;
    shard.pipeline->restore(checkpoint, now_);
  }
}

void Player::play(const Scenario& scenario) {
  for (const auto& step : scenario.steps) {
    advance(began_ + step.at);
    try {
      carry_out(step);
    } catch (const base::Failure& failure) {
      throw base::Failure("scenario", scenario.name + ":" + std::to_string(step.line) + ": " + failure.what());
    }
  }
  commit();
}

void Player::advance(base::Time to) {
  while (now_ < to) {
    now_ = std::min(to, now_ + base::Seconds{1});
    for (auto& shard : shards_) shard.pipeline->tick(now_);
    if (now_ - committed_at_ >= commit_every_) commit();
  }
}

void Player::commit() {
  committed_at_ = now_;
  for (std::uint32_t index = 0; index < shards_.size(); ++index) {
    auto& shard = shards_[index];
    auto effects = shard.pipeline->take();
    const auto cursors = effects.cursors;
    const auto batch = app::take_batch(effects, shard.last_batch + 1);
    if (!batch.empty()) {
      shard.writer->commit(batch);
      shard.last_batch = batch.number;
    }
    road_.stored(index, cursors);
  }
}

void Player::carry_out(const Step& step) {
  const auto& verb = step.words[0];
  if (verb == "pass") return;
  if (verb == "crash") {
    road_.crash();
    return start();
  }
  if (verb == "again") {
    const auto count = std::min(value_of(step.words, "").value_or(3), std::uint64_t{published_.size()});
    const std::vector<model::Observation> last(published_.end() - static_cast<std::ptrdiff_t>(count), published_.end());
    for (const auto& observation : last) road_.publish(observation);
    return;
  }
  speak(step);
}

void Player::speak(const Step& step) {
  const model::SourceId source{step.node, step.kind, step.server};
  auto& speaker = speakers_[source];
  const auto& verb = step.words[0];
  const auto counters = counters_of(step.words);
  if (verb == "up" || verb == "down") return say(source, model::SourceHealth{health(verb == "up")});
  if (verb == "list") return list(step, speaker);
  if (verb == "reboot") {
    ++speaker.boot;
    speaker.sequence = 0;
    return;
  }
  if (verb == "restart") {
    speaker.peers.clear();
    ++speaker.epoch;
    return say(source, model::EpochStarted{std::to_string(speaker.epoch)});
  }
  const auto& name = step.words.at(1);
  auto& known = peer(speaker, name);
  if (counters) known.counters = *counters;
  const auto copy = known;
  if (verb == "seen") return say(source, model::PeerSeen{copy.key, copy.counters, 0, facts(name, copy)});
  if (verb == "moved") return say(source, model::PeersMoved{{{copy.key, copy.counters}}});
  speaker.peers.erase(name);
  if (verb == "gone") return say(source, model::PeerGone{copy.key, counters, model::EndReason::left});
  say(source, model::PeerFinal{facts(name, copy), copy.counters, now_});
}

void Player::list(const Step& step, Speaker& speaker) {
  const model::SourceId source{step.node, step.kind, step.server};
  const auto listing = ++speaker.listing;
  for (std::size_t i = 1; i < step.words.size(); ++i) {
    const auto& known = peer(speaker, step.words[i]);
    say(source, model::PeerSeen{known.key, known.counters, listing, facts(step.words[i], known)});
  }
  say(source, model::PeersListed{listing, step.words.size() - 1});
}

Player::Peer& Player::peer(Speaker& speaker, const std::string& name) {
  auto& found = speaker.peers[name];
  if (!found.key.empty()) return found;
  found.number = next_peer_++;
  found.since = now_;
  found.key = std::to_string(speaker.epoch) + "/" + std::to_string(base::to_unix_seconds(now_)) + "/" +
              std::to_string(found.number);
  return found;
}

model::PeerFacts Player::facts(const std::string& name, const Peer& peer) {
  const auto low = static_cast<std::uint8_t>(peer.number);
  model::PeerFacts facts;
  facts.connected_at = peer.since;
  facts.user = name;
  facts.common_name = name;
  facts.transport = "udp";
  facts.real = model::Endpoint{model::Address::from_v4({198, 51, 100, low}), 1194};
  facts.virtual_address = model::Address::from_v4({10, 8, 0, low});
  return facts;
}

void Player::say(const model::SourceId& source, model::Fact fact) {
  auto& speaker = speakers_[source];
  const model::Observation observation{source, speaker.boot, ++speaker.sequence, now_, std::move(fact)};
  published_.push_back(observation);
  if (published_.size() > most_remembered) published_.pop_front();
  road_.publish(observation);
  deliver(observation);
}

// Until this one came; what comes before it, again or late, is applied as well.
void Player::deliver(const model::Observation& observation) {
  const auto index = model::shard_of(observation.source, road_.shards());
  for (;;) {
    for (const auto& one : road_.read(index)) {
      shards_[index].pipeline->apply(one);
      if (one.source == observation.source && one.boot == observation.boot && one.sequence == observation.sequence)
        return;
    }
  }
}

std::vector<std::string> Player::results() {
  const auto reader = store_.reader();
  std::vector<std::string> lines;
  auto sessions = reader->open_sessions();
  for (auto& closed : reader->closed_sessions({.limit = 500}).items) sessions.push_back(std::move(closed));
  const auto seconds = [&](base::Time at) {
    return std::to_string(base::to_unix_seconds(at) - base::to_unix_seconds(began_)) + "s";
  };
  std::map<std::string, std::uint64_t> counted;
  for (const auto& one : sessions) {
    const auto reason = one.end_reason ? std::string(base::json::enum_name(*one.end_reason)) : std::string("open");
    const auto until = one.closed_at ? seconds(*one.closed_at) + " " + reason : reason;
    lines.push_back("session " + one.server + " " + one.user + " " + seconds(one.opened_at) + "-" + until +
                    bytes_text(one.rx_bytes, one.tx_bytes));
  }
  for (const auto& user : reader->users({.limit = 500}).items) {
    lines.push_back("user " + user.user + " sessions=" + std::to_string(user.sessions) +
                    bytes_text(user.rx_bytes, user.tx_bytes));
  }
  for (const auto& server : reader->servers()) {
    const contract::HistoryQuery query{began_ - base::Seconds{3'600}, now_ + base::Seconds{3'600}, 60, {server.name}};
    model::Counters sum;
    for (const auto& point : reader->history(query).points) sum += model::Counters{point.rx_bytes, point.tx_bytes};
    lines.push_back("server " + server.name + bytes_text(sum.rx_bytes, sum.tx_bytes));
  }
  for (const auto& event : reader->events(most_events, {})) {
    // Whoever begins to look at a server says so: after a crash once more, unless it was not committed before.
    if (event.kind == model::EventKind::server_state) continue;
    ++counted["event " + std::string(base::json::enum_name(event.kind)) + " " + event.server +
              (event.user ? " " + *event.user : std::string{})];
  }
  for (const auto& [text, count] : counted) lines.push_back(text + " x" + std::to_string(count));
  std::ranges::sort(lines);
  return lines;
}

}  // namespace davylamp::scenarios
