#include "bus/redis/redis_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "bus/redis/shard_reader.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "io/together.hpp"

namespace davylamp::redis {
namespace {

namespace asio = boost::asio;

constexpr base::Backoff::Range pauses{.first = base::Milliseconds{100}, .longest = base::Milliseconds{5'000}};
constexpr std::chrono::milliseconds farewell{1'000};

// What no waiting mends.
bool is_for_good(const base::Error& error) {
  return error.code == "bus_refused" || error.code == "bus_shards" || error.code == "bus_untrusted" ||
         error.code == "bus_taken";
}

// Why each of our connections does not work. From any thread.
class Troubles {
 public:
  // Whether this is news.
  bool set(const std::string& connection, const base::Error& error) {
    const std::lock_guard lock(mutex_);
    auto& standing = errors_[connection];
    const bool is_new = standing != error;
    standing = error;
    return is_new;
  }
  bool clear(const std::string& connection) {
    const std::lock_guard lock(mutex_);
    return errors_.erase(connection) != 0;
  }
  std::optional<base::Error> first() const {
    const std::lock_guard lock(mutex_);
    if (errors_.empty()) return std::nullopt;
    return errors_.begin()->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, base::Error> errors_;
};

class RedisBus : public contract::Bus {
 public:
  explicit RedisBus(Options options)
      : told_(std::move(options.told)),
        site_{.access = read_access(options), .keys = {options.prefix}, .shards = options.shards},
        guard_(loop_.get_executor()),
        scope_(loop_.get_executor(), [this](const std::string& task, const std::exception_ptr&) { ended(task); }),
        sender_(loop_.get_executor(), site_, options.sending),
        fanout_(site_, clock_, options.reading) {
    scope_.spawn("publish", keep("publishing", [this](auto connected) { return sender_.run(std::move(connected)); }));
    scope_.spawn("fanout", keep("reading", [this](auto connected) {
                   return fanout_.run([this, connected = std::move(connected)] {
                     sender_.open_topics();
                     connected();
                   });
                 }));
    thread_ = std::thread([this] { loop_.run(); });
  }

  ~RedisBus() override {
    asio::co_spawn(loop_, stop(), asio::use_future).wait();
    guard_.reset();
    loop_.stop();
    thread_.join();
  }

  void publish(model::Observation observation) override { sender_.publish(std::move(observation)); }
  void publish(contract::Changes changes) override { sender_.publish(std::move(changes)); }
  void publish(model::Command command) override { sender_.publish(std::move(command)); }

  std::unique_ptr<contract::ObservationReader> observations(asio::any_io_executor executor,
                                                            std::uint32_t shard) override {
    auto queue = std::make_shared<ShardQueue>(shard, loop_.get_executor());
    {
      const std::lock_guard lock(mutex_);
      forget_closed();
      queues_.push_back(queue);
    }
    asio::post(loop_, [this, queue] {
      ++feeds_;
      scope_.spawn("shard", feed(queue));
    });
    return std::make_unique<ShardReader>(std::move(queue), std::move(executor));
  }
  std::unique_ptr<contract::ChangeReader> changes(asio::any_io_executor executor) override {
    return fanout_.changes(std::move(executor));
  }
  std::unique_ptr<contract::CommandReader> commands(asio::any_io_executor executor) override {
    return fanout_.commands(std::move(executor));
  }

  std::vector<model::Cursor> take_kept() override { return sender_.take_kept(); }
  contract::TopicStats observation_stats() const override { return sender_.observation_stats(); }
  contract::TopicStats change_stats() const override {
    auto stats = sender_.change_stats();
    stats.dropped += fanout_.change_stats().dropped;
    return stats;
  }
  contract::TopicStats command_stats() const override {
    auto stats = sender_.command_stats();
    stats.dropped += fanout_.command_stats().dropped;
    return stats;
  }
  std::vector<model::Loss> losses() const override;
  std::optional<base::Error> trouble() const override { return troubles_.first(); }

 private:
  using Run = std::function<io::Task<void>(std::function<void()> connected)>;
  io::Task<void> keep(std::string name, Run run);
  io::Task<void> feed(std::shared_ptr<ShardQueue> queue);
  io::Task<void> stop();
  // A feed ends when its reader is gone.
  void ended(const std::string& task) { feeds_ -= task == "shard" ? 1 : 0; }
  void tell(const std::string& text) const {
    if (told_) told_(text);
  }
  std::uint64_t foreign_in_shards() const;
  // Of shards that went to other workers only what was counted is kept. Needs mutex_.
  void forget_closed();

  std::function<void(const std::string&)> told_;
  io::SystemClock clock_;
  Troubles troubles_;
  asio::io_context loop_{1};
  Site site_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::size_t feeds_ = 0;  // on the loop
  io::TaskScope scope_;
  Sender sender_;
  Fanout fanout_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<std::shared_ptr<ShardQueue>> queues_;
  std::uint64_t foreign_in_closed_ = 0;
  std::thread thread_;
};

// One connection of ours, for ever.
io::Task<void> RedisBus::keep(std::string name, Run run) {
  io::Supervision supervision;
  supervision.start = [this, name, run] {
    return run([this, name] {
      if (troubles_.clear(name)) tell("Redis is there again (" + name + ")");
    });
  };
  supervision.failed = [this, name](const base::Error& error, base::Milliseconds) {
    if (error.code != "closed" && troubles_.set(name, error)) tell(name + ": " + error.message);
  };
  supervision.pauses = pauses;
  supervision.seed = std::hash<std::string>{}(name + site_.publisher);
  supervision.healthy_after = base::Milliseconds{5'000};
  co_await io::supervise(std::move(supervision));
}

io::Task<void> RedisBus::feed(std::shared_ptr<ShardQueue> queue) {
  ShardFeed one(queue, site_);
  const auto name = "reading shard " + std::to_string(queue->shard);
  auto* const feeding = &one;
  auto run = [feeding](auto connected) { return feeding->run(std::move(connected)); };
  // Ends with the Failure "closed", which is no news, or cancelled.
  co_await io::together(keep(name, run), one.wait_until_closed());
}

// What was said last is carried first, for a moment.
io::Task<void> RedisBus::stop() {
  using Steady = std::chrono::steady_clock;
  bus::Signal pause(loop_.get_executor());
  const auto until = Steady::now() + farewell;
  while ((feeds_ != 0 || !sender_.is_settled()) && Steady::now() < until)
    co_await pause.wait_for(base::Milliseconds{2});
  co_await scope_.stop();
}

std::uint64_t RedisBus::foreign_in_shards() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = foreign_in_closed_;
  for (const auto& queue : queues_) {
    const std::lock_guard queue_lock(queue->mutex);
    count += queue->foreign;
  }
  return count;
}

void RedisBus::forget_closed() {
  std::erase_if(queues_, [this](const auto& queue) {
    const std::lock_guard lock(queue->mutex);
    if (!queue->closed) return false;
    foreign_in_closed_ += queue->foreign;
    return true;
  });
}

std::vector<model::Loss> RedisBus::losses() const {
  const auto fanout = fanout_.losses();
  return {{"bus_emptied", site_.life.lost(),
           "times that Redis had lost what it kept; what it had for less than two seconds was given to it again"},
          {"bus_sent_again", sender_.sent_again(),
           "observations that Redis was given again after it was away; repetitions are not counted twice"},
          {"bus_entries_unreadable", fanout.foreign + foreign_in_shards(),
           "entries in Redis's streams that are not ours, or of another version"},
          {"bus_changes_missed", fanout.gaps, "gaps in what other daemons told; views were made anew"},
          {"bus_commands_expired", fanout.expired, "commands that came too late to be carried out"}};
}

}  // namespace

std::shared_ptr<const Access> read_access(const Options& options) {
  auto access = std::make_shared<Access>();
  access->address = base::value_or_throw(Address::parse(options.url));
  access->password = options.password;
  if (access->address.tls)
    access->tls = io::make_tls_client({options.certificate_file, options.key_file, options.ca_file});
  return access;
}

base::Result<void> try_out(const Options& options) {
  asio::io_context loop{1};
  Site site{.access = read_access(options), .keys = {options.prefix}, .shards = options.shards};
  base::Result<void> result;
  asio::co_spawn(loop, site.connect(), [&result](const std::exception_ptr& error, auto) {
    if (error) result = std::unexpected(io::error_of(error));
  });
  loop.run();
  return result;
}

std::unique_ptr<contract::Bus> open(Options options) {
  const auto tried = try_out(options);
  if (!tried && is_for_good(tried.error())) throw base::Failure(tried.error());
  if (!tried && options.told) options.told(tried.error().message);
  return std::make_unique<RedisBus>(std::move(options));
}

}  // namespace davylamp::redis
