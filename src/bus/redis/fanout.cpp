#include "bus/redis/fanout.hpp"

#include <algorithm>
#include <utility>

#include "base/result.hpp"

namespace davylamp::redis {
namespace {

constexpr std::size_t most_publishers = 1'024;
constexpr std::string_view entries_at_once = "256";
// A new reader's wish to read changes waits for so long at most.
constexpr std::string_view block_milliseconds = "250";
constexpr std::chrono::seconds lists_hold{60};

bool is_whole_list(const model::Command& command) {
  return std::holds_alternative<model::RefuseUsers>(command.order) ||
         std::holds_alternative<model::StopInKernel>(command.order);
}

EntryId newest(const Reply& reply) {
  if (reply.items.empty() || reply.items.front().items.empty()) return {};
  return EntryId::parse(reply.items.front().items.front().text).value_or(EntryId{});
}

}  // namespace

Numbers::Found Numbers::see(const std::string& publisher, std::uint64_t number) {
  if (last_.size() >= most_publishers && !last_.contains(publisher)) last_.clear();
  const auto [found, is_new] = last_.try_emplace(publisher, number);
  if (is_new) return Found::next;
  if (number <= found->second) return Found::repeated;
  return number == std::exchange(found->second, number) + 1 ? Found::next : Found::after_a_gap;
}

Fanout::Fanout(Site& site, const base::Clock& clock, const Limits& limits)
    : site_(site), clock_(clock), changes_(limits.changes), commands_(limits.commands) {}

std::unique_ptr<contract::ChangeReader> Fanout::changes(boost::asio::any_io_executor executor) {
  auto queue = changes_.subscribe(std::move(executor));
  reads_changes_ = true;
  return std::make_unique<bus::BroadcastChanges>(std::move(queue));
}

std::unique_ptr<contract::CommandReader> Fanout::commands(boost::asio::any_io_executor executor) {
  const std::lock_guard lock(lists_mutex_);
  auto queue = commands_.subscribe(std::move(executor));
  const auto now = Steady::now();
  for (const auto& [name, list] : lists_) {
    if (now - list.at < lists_hold) queue->waiting.push_back(list.command);
  }
  return std::make_unique<bus::BroadcastCommands>(std::move(queue));
}

Fanout::Losses Fanout::losses() const {
  return {foreign_, expired_, gaps_};
}

io::Task<void> Fanout::run(std::function<void()> connected) {
  const auto connection = co_await site_.connect();
  if (!began_) co_await find_beginning(*connection);
  see_life();
  connected();
  const auto commands = site_.keys.commands();
  const auto changes = site_.keys.changes();
  for (;;) {
    Pipeline pipeline;
    std::vector<std::string_view> words{"XREAD", "COUNT", entries_at_once, "BLOCK", block_milliseconds, "STREAMS"};
    const auto command_position = command_position_.to_text();
    const auto change_position = change_position_.to_text();
    if (reads_changes_) {
      words.insert(words.end(), {commands, changes, command_position, change_position});
    } else {
      words.insert(words.end(), {commands, command_position});
    }
    pipeline.add(words);
    pipeline.add({"GET", site_.keys.life()});
    auto replies = co_await connection->ask_or_throw(pipeline, answer_limit);
    site_.life.see(replies.at(1));
    auto streams = base::value_or_throw(read_streams(std::move(replies.at(0))));
    for (auto& stream : streams) take(stream);
    see_life();
  }
}

// Our readers want what comes from now on; of what came before only the whole lists.
io::Task<void> Fanout::find_beginning(Connection& connection) {
  Pipeline pipeline;
  for (const auto& stream : {site_.keys.changes(), site_.keys.commands()})
    pipeline.add({"XREVRANGE", stream, "+", "-", "COUNT", "1"});
  const auto replies = co_await connection.ask_or_throw(pipeline, answer_limit);
  change_position_ = newest(replies.at(0));
  began_at_ = newest(replies.at(1));
  const auto kept = commands_kept_milliseconds;
  command_position_ = {began_at_.milliseconds > kept ? began_at_.milliseconds - kept : 0, 0};
  seen_lost_ = site_.life.lost();
  began_ = true;
}

// What Redis lost is no gap in any publisher's numbers when it was the last that was said.
void Fanout::see_life() {
  if (std::exchange(seen_lost_, site_.life.lost()) == site_.life.lost()) return;
  change_position_ = {};
  command_position_ = {};
  began_at_ = {};
  changes_.miss();
}

void Fanout::take(StreamEntries& stream) {
  const bool are_changes = stream.stream == site_.keys.changes();
  for (auto& entry : stream.entries) {
    if (are_changes) {
      change_position_ = entry.id;
      take_changes(entry);
    } else {
      command_position_ = entry.id;
      take_command(entry, entry.id <= began_at_);
    }
  }
}

void Fanout::take_changes(Entry& entry) {
  auto changes = read_changes(entry.text);
  if (!changes || entry.publisher.empty()) {
    ++foreign_;
    return;
  }
  const auto found = change_numbers_.see(entry.publisher, entry.number);
  if (found == Numbers::Found::repeated) return;
  if (found == Numbers::Found::after_a_gap) {
    ++gaps_;
    changes_.miss();
  }
  changes_.publish(std::make_shared<const std::vector<model::Change>>(std::move(*changes)));
}

void Fanout::take_command(Entry& entry, bool is_old) {
  const auto command = read_command(entry.text);
  if (!command || entry.publisher.empty()) {
    ++foreign_;
    return;
  }
  if (command_numbers_.see(entry.publisher, entry.number) == Numbers::Found::repeated) return;
  if (is_old && !is_whole_list(*command)) return;
  if (command->expires_at != base::Time{} && command->expires_at < clock_.now()) {
    if (!is_old) ++expired_;
    return;
  }
  const std::lock_guard lock(lists_mutex_);
  remember(*command);
  commands_.publish(*command);
}

void Fanout::remember(const model::Command& command) {
  if (!is_whole_list(command) || (command.shard && command.shard->index >= model::most_shards)) return;
  const auto shard = command.shard ? command.shard->index : model::most_shards;
  lists_[{command.order.index(), shard}] = {command, Steady::now()};
}

}  // namespace davylamp::redis
