#include "bus/redis/shard_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/result.hpp"

namespace davylamp::redis {
namespace {

constexpr std::string_view entries_at_once = "64";
// So long an acknowledgement waits at most, when nothing new comes.
constexpr std::string_view block_milliseconds = "100";
constexpr std::size_t most_waiting_bytes = std::size_t{8} * 1024 * 1024;
constexpr base::Milliseconds farewell{1'000};
constexpr base::Milliseconds room_wait{100};

}  // namespace

ShardReader::ShardReader(std::shared_ptr<ShardQueue> queue, boost::asio::any_io_executor executor)
    : queue_(std::move(queue)), signal_(std::make_shared<bus::Signal>(std::move(executor))) {
  const std::lock_guard lock(queue_->mutex);
  queue_->reader = signal_;
}

ShardReader::~ShardReader() {
  const std::lock_guard lock(queue_->mutex);
  queue_->reader.reset();
  queue_->closed = true;
  queue_->changed.wake();
}

io::Task<std::vector<model::Observation>> ShardReader::next(std::size_t most) {
  while (observations_.empty()) {
    const auto waiting = take();
    if (waiting) {
      decode(*waiting);
    } else {
      co_await signal_->wait();
    }
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, observations_.size()));
  std::vector<model::Observation> batch(std::make_move_iterator(observations_.begin()),
                                        std::make_move_iterator(observations_.begin() + count));
  observations_.erase(observations_.begin(), observations_.begin() + count);
  given_ += batch.size();
  const std::lock_guard lock(queue_->mutex);
  queue_->given += batch.size();
  co_return batch;
}

std::optional<ShardQueue::Waiting> ShardReader::take() {
  const std::lock_guard lock(queue_->mutex);
  auto& waiting = queue_->waiting;
  if (waiting.empty()) return std::nullopt;
  auto first = std::move(waiting.front());
  waiting.pop_front();
  const bool was_full = queue_->waiting_bytes >= most_waiting_bytes;
  queue_->waiting_bytes -= first.text.size();
  if (was_full && queue_->waiting_bytes < most_waiting_bytes) queue_->changed.wake();
  return first;
}

void ShardReader::decode(const ShardQueue::Waiting& waiting) {
  auto read = read_observations(waiting.text);
  if (!read) {
    const std::lock_guard lock(queue_->mutex);
    ++queue_->foreign;
    read.emplace();
  }
  decoded_ += read->size();
  entries_.push_back({decoded_, waiting.place});
  observations_.insert(observations_.end(), std::make_move_iterator(read->begin()),
                       std::make_move_iterator(read->end()));
}

void ShardReader::acknowledge(std::uint64_t count) {
  std::optional<Place> last;
  while (!entries_.empty() && entries_.front().last <= std::min(count, given_)) {
    last = entries_.front().place;
    entries_.pop_front();
  }
  if (!last) return;
  const std::lock_guard lock(queue_->mutex);
  queue_->acknowledged = last;
  queue_->changed.wake();
}

bool ShardFeed::has_room() const {
  const std::lock_guard lock(queue_->mutex);
  return queue_->waiting_bytes < most_waiting_bytes;
}

bool ShardFeed::is_closed() const {
  const std::lock_guard lock(queue_->mutex);
  return queue_->closed;
}

io::Task<void> ShardFeed::wait_until_closed() {
  while (!is_closed()) co_await queue_->changed.wait();
  // run() says the last word, and then that it has. Until then an acknowledgement may still wake this.
  const auto until = std::chrono::steady_clock::now() + farewell;
  while (connected_ && !is_done_ && std::chrono::steady_clock::now() < until)
    co_await queue_->changed.wait_for(farewell);
  throw base::Failure("closed", "the reader is gone");
}

io::Task<void> ShardFeed::run(std::function<void()> connected) {
  connected_ = false;
  const auto connection = co_await site_.connect();
  co_await begin(*connection);
  connected_ = true;
  connected();
  while (!is_closed()) {
    co_await tell_acknowledged(*connection);
    if (has_room()) {
      co_await read_some(*connection);
    } else {
      co_await bus::Signal(co_await boost::asio::this_coro::executor).wait_for(room_wait);
    }
  }
  co_await tell_acknowledged(*connection);
  is_done_ = true;
  queue_->changed.wake();
  throw base::Failure("closed", "the reader is gone");
}

// The group may be there already; a Redis that is full makes none, and it is needed for nobody but who looks.
io::Task<void> ShardFeed::begin(Connection& connection) {
  Pipeline pipeline;
  pipeline.add({"XGROUP", "CREATE", site_.keys.observations(queue_->shard), group, "0", "MKSTREAM"});
  co_await connection.ask(pipeline, answer_limit);
}

io::Task<bool> ShardFeed::read_some(Connection& connection) {
  if (std::exchange(life_, site_.life.lost()) != site_.life.lost()) {
    position_ = {};
    co_await begin(connection);
  }
  Pipeline pipeline;
  pipeline.add({"XREAD", "COUNT", entries_at_once, "BLOCK", block_milliseconds, "STREAMS",
                site_.keys.observations(queue_->shard), position_.to_text()});
  pipeline.add({"GET", site_.keys.life()});
  auto replies = co_await connection.ask_or_throw(pipeline, answer_limit);
  const auto lost = site_.life.lost();
  site_.life.see(replies.at(1));
  // What came is of the new life or the old one: nobody can tell.
  if (lost != site_.life.lost() || life_ != lost) co_return false;
  co_return push(base::value_or_throw(read_streams(std::move(replies.at(0))))) != 0;
}

std::size_t ShardFeed::push(std::vector<StreamEntries> streams) {
  std::size_t count = 0;
  const std::lock_guard lock(queue_->mutex);
  for (auto& stream : streams) {
    for (auto& entry : stream.entries) {
      position_ = entry.id;
      queue_->waiting_bytes += entry.text.size();
      queue_->waiting.push_back({{life_, entry.id}, std::move(entry.text)});
      ++count;
    }
  }
  if (count != 0 && queue_->reader) queue_->reader->wake();
  return count;
}

io::Task<void> ShardFeed::tell_acknowledged(Connection& connection) {
  std::optional<Place> place;
  {
    const std::lock_guard lock(queue_->mutex);
    place = queue_->acknowledged;
  }
  if (!place || place == told_ || place->life != site_.life.lost()) co_return;
  Pipeline pipeline;
  add_acknowledge(pipeline, site_.keys.observations(queue_->shard), place->id);
  const auto replies = co_await connection.ask(pipeline, answer_limit);
  if (replies.at(1).is_error()) throw base::Failure(explain(replies.at(1), site_.access->address.to_text()));
  told_ = place;
}

}  // namespace davylamp::redis
