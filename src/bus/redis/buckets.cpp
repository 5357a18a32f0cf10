#include "bus/redis/buckets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <deque>
#include <utility>

#include "base/backoff.hpp"
#include "bus/redis/site.hpp"
#include "bus/signal.hpp"

namespace davylamp::redis {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

constexpr std::size_t most_waiting = 1'024;
constexpr base::Backoff::Range pauses{.first = base::Milliseconds{100}, .longest = base::Milliseconds{5'000}};

// Tokens of a bucket that nobody has asked for are those of a full one. A clock that was set back loses nobody a token.
constexpr std::string_view script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rate = tonumber(ARGV[1]) / 60000
local burst = tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(kept[1]) or burst
local passed = math.max(0, now - (tonumber(kept[2]) or now))
tokens = math.min(burst, tokens + passed * rate)
local taken = 0
local wait = 0
if tokens >= 1 then
  tokens = tokens - 1
  taken = 1
elseif rate > 0 then
  wait = math.ceil((1 - tokens) / rate)
else
  wait = 60000
end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], rate > 0 and math.ceil(burst / rate) + 1000 or 3600000)
return {taken, math.floor(tokens), wait}
)";

// One take() that waits.
struct Question {
  Question(asio::any_io_executor executor, std::string wanted, contract::Bucket of)
      : key(std::move(wanted)), bucket(of), answered(std::move(executor)) {}
  std::string key;
  contract::Bucket bucket;
  bus::Signal answered;
  bool is_over = false;
  std::optional<contract::BucketAnswer> answer;
};
using Questions = std::deque<std::shared_ptr<Question>>;

// Shared with the coroutine that speaks to Redis, which ends by itself when there is nothing to ask.
struct Desk {
  Desk(std::shared_ptr<const Access> wanted, Keys named, std::uint64_t seed)
      : access(std::move(wanted)), keys(std::move(named)), backoff(pauses, seed) {}
  std::shared_ptr<const Access> access;
  Keys keys;
  base::Backoff backoff;
  Steady::time_point not_before;
  Questions waiting;
  Questions asked;  // and not answered
  bool is_asking = false;
  std::unique_ptr<Connection> connection;
  std::string script_name;

  void fail() {
    connection.reset();
    not_before = Steady::now() + backoff.next();
    for (const auto& question : std::exchange(asked, {})) end(*question);
    for (const auto& question : std::exchange(waiting, {})) end(*question);
  }
  static void end(Question& question) {
    question.is_over = true;
    question.answered.wake();
  }
};

io::Task<void> connect(std::shared_ptr<Desk> desk) {
  auto connection = co_await Connection::open(desk->access, connect_limit);
  Pipeline pipeline;
  pipeline.add({"SCRIPT", "LOAD", script});
  const auto replies = co_await connection->ask_or_throw(pipeline, answer_limit);
  desk->script_name = replies.at(0).text;
  desk->connection = std::move(connection);
  desk->backoff.reset();
}

contract::BucketAnswer read_answer(const Reply& reply) {
  const auto number = [&](std::size_t i) { return i < reply.items.size() ? reply.items[i].integer : 0; };
  return {number(0) == 1, static_cast<std::uint32_t>(std::max<std::int64_t>(number(1), 0)),
          base::Milliseconds{number(2)}};
}

// All that wait, again and again until none does.
io::Task<void> ask(std::shared_ptr<Desk> desk) {
  if (!desk->connection) co_await connect(desk);
  while (!desk->waiting.empty()) {
    desk->asked = std::exchange(desk->waiting, {});
    Pipeline pipeline;
    for (const auto& question : desk->asked) {
      const auto& [per_minute, burst] = question->bucket;
      pipeline.add({"EVALSHA", desk->script_name, "1", desk->keys.bucket(question->key), std::to_string(per_minute),
                    std::to_string(burst)});
    }
    const auto replies = co_await desk->connection->ask_or_throw(pipeline, connect_limit);
    auto reply = replies.begin();
    for (const auto& question : std::exchange(desk->asked, {})) {
      question->answer = read_answer(*reply++);
      Desk::end(*question);
    }
  }
}

class RedisBuckets : public contract::SharedBuckets {
 public:
  RedisBuckets(asio::any_io_executor executor, std::shared_ptr<Desk> desk, base::Milliseconds longest_wait)
      : executor_(std::move(executor)), desk_(std::move(desk)), longest_wait_(longest_wait) {}

  io::Task<std::optional<contract::BucketAnswer>> take(std::string key, contract::Bucket bucket) override {
    const auto desk = desk_;
    if (Steady::now() < desk->not_before || desk->waiting.size() >= most_waiting) co_return std::nullopt;
    const auto question = std::make_shared<Question>(executor_, std::move(key), bucket);
    desk->waiting.push_back(question);
    if (!std::exchange(desk->is_asking, true)) start();
    if (!question->is_over) co_await question->answered.wait_for(longest_wait_);
    if (!question->is_over) std::erase(desk->waiting, question);
    co_return question->answer;
  }

 private:
  void start() {
    asio::co_spawn(executor_, ask(desk_), [desk = desk_](const std::exception_ptr& error) {
      desk->is_asking = false;
      if (error) desk->fail();
    });
  }
  asio::any_io_executor executor_;
  std::shared_ptr<Desk> desk_;
  base::Milliseconds longest_wait_;
};

}  // namespace

std::unique_ptr<contract::SharedBuckets> open_buckets(asio::any_io_executor executor, const Options& options,
                                                      base::Milliseconds longest_wait) {
  const auto seed = std::hash<std::string>{}(random_word());
  auto desk = std::make_shared<Desk>(read_access(options), Keys{options.prefix}, seed);
  return std::make_unique<RedisBuckets>(std::move(executor), std::move(desk), longest_wait);
}

}  // namespace davylamp::redis
