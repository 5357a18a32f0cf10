#include "bus/redis/sender.hpp"

#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "model/shard.hpp"

namespace davylamp::redis {
namespace {

// What is published within this time shares an entry.
constexpr base::Milliseconds gather_time{5};
constexpr std::size_t entry_bytes = std::size_t{256} * 1024;
constexpr std::size_t round_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t weight_at_once = 500;
constexpr std::size_t changes_at_once = 64;
constexpr std::size_t commands_at_once = 512;
constexpr base::Milliseconds life_every{500};

}  // namespace

// What is sent at once; its answers come in this order.
struct Sender::Round {
  Pipeline parts;  // done as one
  std::size_t commands = 0;
  std::size_t changes = 0;
  std::vector<std::uint32_t> shards;  // two answers each
  bool asks_length = false;
  std::uint64_t last_command = 0;
  std::uint64_t last_change = 0;
  std::vector<model::Cursor> cursors;
  bool is_all = false;  // nothing more is to be sent before somebody publishes, or Redis has room
  bool is_small() const { return parts.text().size() < entry_bytes; }
};

Sender::Sender(boost::asio::any_io_executor executor, Site& site, const Limits& limits)
    : site_(site),
      signal_(std::move(executor)),
      safe_after_(limits.safe_after),
      outbox_(limits.observations),
      changes_(limits.changes),
      commands_(limits.commands) {}

void Sender::wake() {
  if (!std::exchange(sending_, true)) signal_.wake();
}

void Sender::publish(model::Observation observation) {
  const std::lock_guard lock(mutex_);
  outbox_.add(std::move(observation));
  wake();
}
void Sender::publish(contract::Changes changes) {
  const std::lock_guard lock(mutex_);
  changes_.add(std::move(changes));
  wake();
}
void Sender::publish(model::Command command) {
  const std::lock_guard lock(mutex_);
  commands_.add(std::move(command));
  wake();
}

std::vector<model::Cursor> Sender::take_kept() {
  const std::lock_guard lock(mutex_);
  std::vector<model::Cursor> cursors;
  for (auto& [source, cursor] : std::exchange(kept_, {})) cursors.push_back(std::move(cursor));
  return cursors;
}

contract::TopicStats Sender::observation_stats() const {
  const std::lock_guard lock(mutex_);
  const auto stats = outbox_.stats();
  return {stats.published, stats.dropped + stats.lost, outbox_.untaken()};
}
contract::TopicStats Sender::change_stats() const {
  const std::lock_guard lock(mutex_);
  return changes_.stats();
}
contract::TopicStats Sender::command_stats() const {
  const std::lock_guard lock(mutex_);
  return commands_.stats();
}
std::uint64_t Sender::sent_again() const {
  const std::lock_guard lock(mutex_);
  return sent_again_;
}

void Sender::open_topics() {
  topics_open_ = true;
  signal_.wake();
}

bool Sender::is_settled() const {
  if (!is_connected_) return true;
  if (!is_answered_) return false;
  const std::lock_guard lock(mutex_);
  return !outbox_.has_more() && changes_.stats().waiting == 0 && commands_.stats().waiting == 0;
}

void Sender::rewind() {
  confirmed_.clear();
  const std::lock_guard lock(mutex_);
  const auto before = outbox_.untaken();
  outbox_.rewind();
  sent_again_ += outbox_.untaken() - before;
  changes_.failed();
  commands_.failed();
}

io::Task<void> Sender::claim(Connection& connection) {
  const auto offered_life = random_word();
  Pipeline pipeline;
  add_claims(pipeline, site_.keys, site_.shards, offered_life);
  const auto answers = co_await connection.ask_or_throw(pipeline, answer_limit);
  base::value_or_throw(check_shards(answers.at(0), site_.keys, site_.shards));
  site_.life.see(answers.at(1), offered_life);
  if (!site_.life.is(answers.at(3)))
    throw base::Failure("bus_changed", "Redis at " + site_.access->address.to_text() + " is being emptied");
  lost_when_claimed_ = site_.life.lost();
  life_asked_ = Steady::now();
}

io::Task<void> Sender::run(std::function<void()> connected) {
  is_connected_ = false;
  is_answered_ = true;
  crowded_.reset();
  rewind();
  const auto connection = co_await Connection::open(site_.access, connect_limit);
  co_await claim(*connection);
  is_connected_ = true;
  connected();
  for (;;) {
    const auto round = gather();
    if (round.parts.empty() && Steady::now() - life_asked_ < life_every) {
      if (round.is_all) co_await signal_.wait_for(life_every);
      co_await signal_.wait_for(gather_time);
      continue;
    }
    is_answered_ = round.parts.empty();
    const bool done = co_await carry_out(*connection, round);
    is_answered_ = true;
    if (!done) {
      co_await claim(*connection);
      rewind();
    }
    if (round.is_small()) co_await signal_.wait_for(gather_time);
  }
}

io::Task<bool> Sender::carry_out(Connection& connection, const Round& round) {
  Pipeline pipeline;
  if (!round.parts.empty()) {
    pipeline.add({"MULTI"});
    pipeline.add(round.parts);
    add_end(pipeline);
  }
  add_watch(pipeline, site_.keys);
  const auto asked = Steady::now();
  const auto replies = co_await connection.ask_or_throw(pipeline, answer_limit);
  life_asked_ = Steady::now();
  // Our readers may have noticed before us, and know the new life already.
  if (!site_.life.is(replies.back()) || site_.life.lost() != lost_when_claimed_) co_return false;
  if (!round.parts.empty()) {
    const auto& done = replies.at(replies.size() - 3);
    if (!done.is_list() || done.items.size() != round.parts.count()) co_return false;
    for (const auto& each : done.items) {
      if (each.is_error()) throw base::Failure(explain(each, site_.access->address.to_text()));
    }
    settle(round, done.items);
  }
  keep_what_is_safe(asked);
  co_return true;
}

Sender::Round Sender::gather() {
  Round round;
  if (topics_open_) gather_topics(round);
  if (!crowded_) {
    gather_observations(round);
  } else if (Steady::now() - life_asked_ >= life_every) {
    round.asks_length = true;
    round.parts.add({"XLEN", site_.keys.observations(*crowded_)});
  }
  const std::lock_guard lock(mutex_);
  // Who publishes while sending_ holds wakes nobody: what came since it was looked for is seen here.
  const bool topics_wait = topics_open_ && changes_.stats().waiting + commands_.stats().waiting != 0;
  round.is_all = round.parts.empty() && !topics_wait && (crowded_ || !outbox_.has_more());
  if (round.is_all) sending_ = false;
  return round;
}

void Sender::gather_topics(Round& round) {
  std::vector<Outgoing<contract::Changes>::Item> changes;
  std::vector<Outgoing<model::Command>::Item> commands;
  {
    const std::lock_guard lock(mutex_);
    commands = commands_.first(commands_at_once);
    changes = changes_.first(changes_at_once);
  }
  for (const auto& [number, command] : commands) {
    const auto stream = site_.keys.commands();
    add_numbered(round.parts, {stream, site_.publisher, number, commands_kept_milliseconds}, last_command_,
                 write_command(command));
    round.last_command = number;
    ++round.commands;
  }
  for (const auto& [number, change] : changes) {
    if (round.parts.text().size() > round_bytes) break;
    const auto stream = site_.keys.changes();
    add_numbered(round.parts, {stream, site_.publisher, number, changes_kept_milliseconds}, last_change_,
                 write_changes(*change));
    round.last_change = number;
    ++round.changes;
  }
}

// Encoded outside the lock: who publishes never waits for it.
void Sender::gather_observations(Round& round) {
  std::map<std::uint32_t, ObservationText> texts;
  std::size_t largest = 0;
  for (std::size_t total = 0; largest < entry_bytes && total < round_bytes;) {
    std::vector<bus::Outbox::Item> items;
    {
      const std::lock_guard lock(mutex_);
      items = outbox_.take(weight_at_once);
    }
    if (items.empty()) break;
    for (const auto& item : items) {
      auto& text = texts[model::shard_of(item->source, site_.shards)];
      const auto before = text.size();
      text.add(*item);
      total += text.size() - before;
      largest = std::max(largest, text.size());
    }
  }
  for (auto& [shard, text] : texts) {
    round.shards.push_back(shard);
    round.cursors.insert(round.cursors.end(), text.cursors().begin(), text.cursors().end());
    add_observations(round.parts, site_.keys.observations(shard), text.take());
  }
}

void Sender::settle(const Round& round, const std::vector<Reply>& answers) {
  auto answer = answers.begin();
  for (std::size_t i = 0; i < round.commands; ++i, ++answer)
    last_command_ = EntryId::parse(answer->text).value_or(last_command_);
  for (std::size_t i = 0; i < round.changes; ++i, ++answer)
    last_change_ = EntryId::parse(answer->text).value_or(last_change_);
  for (const auto shard : round.shards) {
    ++answer;
    if (answer++->integer >= most_entries) crowded_ = shard;
  }
  if (round.asks_length && answer->integer < most_entries) crowded_.reset();
  if (!round.cursors.empty()) confirmed_.push_back({Steady::now(), round.cursors});
  const std::lock_guard lock(mutex_);
  if (round.commands != 0) commands_.sent(round.last_command);
  if (round.changes != 0) changes_.sent(round.last_change);
}

// Redis had it when it was asked, not merely when its answer came, which may be late.
void Sender::keep_what_is_safe(Steady::time_point asked) {
  const std::lock_guard lock(mutex_);
  while (!confirmed_.empty() && asked - confirmed_.front().at >= safe_after_) {
    outbox_.acknowledge(confirmed_.front().cursors);
    for (auto& cursor : confirmed_.front().cursors) {
      auto& kept = kept_[cursor.source];
      if (kept.boot != cursor.boot || kept.sequence < cursor.sequence) kept = cursor;
    }
    confirmed_.pop_front();
  }
}

}  // namespace davylamp::redis
