// What happens to the bus when Redis dies, is emptied, full, or refuses us: with a real one.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "bus/redis/buckets.hpp"
#include "bus/redis/redis_bus.hpp"
#include "bus/redis/testing/redis_server.hpp"

namespace davylamp::redis {
namespace {

using testing::RedisServer;
using Steady = std::chrono::steady_clock;

// Only a test that fails waits for so long.
constexpr std::chrono::seconds patience{60};
constexpr std::chrono::hours a_long_time{1};

model::Observation gone(const std::string& server, std::uint64_t sequence) {
  return {{"node", "openvpn", server}, 7, sequence, base::Time{}, model::PeerGone{"1/a", {}, {}}};
}
contract::Changes update(std::uint64_t id) {
  return std::make_shared<const std::vector<model::Change>>(1, model::SessionUpdated{.id = id});
}

// Tells by their sequences which observations were lost, as the ledger tells which come twice.
class Ledger {
 public:
  void take(const std::vector<model::Observation>& batch) {
    for (const auto& observation : batch) {
      auto& last = last_[observation.source.name];
      if (observation.sequence <= last) {
        ++repeated_;
      } else {
        lost_ += observation.sequence - last - 1;
        last = observation.sequence;
      }
    }
  }
  bool has(const std::set<std::string>& servers, std::uint64_t sequence) {
    return std::ranges::all_of(servers, [&](const auto& server) { return last_[server] >= sequence; });
  }
  std::uint64_t lost() const { return lost_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  std::map<std::string, std::uint64_t> last_;
  std::uint64_t lost_ = 0;
  std::uint64_t repeated_ = 0;
};

class RedisSurvival : public ::testing::Test {
 protected:
  template <class T>
  T run(io::Task<T> task) {
    auto future = boost::asio::co_spawn(loop_, std::move(task), boost::asio::use_future);
    loop_.restart();
    loop_.run_for(patience);
    if (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) throw std::runtime_error("nothing came");
    return future.get();
  }
  template <class Done>
  static bool becomes(Done done) {
    const auto until = Steady::now() + patience;
    while (!done()) {
      if (Steady::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  static std::uint64_t loss(const contract::Bus& bus, std::string_view name) {
    for (const auto& each : bus.losses()) {
      if (each.name == name) return each.count;
    }
    ADD_FAILURE() << "no such loss: " << name;
    return 0;
  }
  static std::string trouble(const contract::Bus& bus) {
    const auto error = bus.trouble();
    return error ? error->code : "";
  }
  // As if nothing that Redis has had for less than a long time were safe there: what is new does not depend on how busy
  // this machine is.
  static Options trusting_nothing(const RedisServer& server) {
    auto options = server.options();
    options.sending.safe_after = a_long_time;
    return options;
  }
  // Several times: a Redis that has not answered in time, as on a machine that stands still, is waited for by the bus.
  static std::string refusal_at_opening(const Options& options) {
    for (int tries = 0; tries < 5; ++tries) {
      try {
        open(options);
      } catch (const base::Failure& failure) {
        return failure.error().code;
      }
    }
    return "none";
  }
  static void wait_until_claimed(const RedisServer& server) {
    EXPECT_TRUE(becomes([&] { return server.ask({"GET", "davylamp:life"}).is_text(); }));
  }
  // Publishes in the background, in thirds, with something that happens after each but the last; reads meanwhile.
  Ledger carry(contract::Bus& from, contract::Bus& to, const std::function<void(int)>& happens) {
    constexpr std::uint64_t each = 1'500;
    const std::set<std::string> servers{"a", "b", "c"};
    auto published = std::async(std::launch::async, [&] {
      for (std::uint64_t sequence = 1; sequence <= each; ++sequence) {
        for (const auto& server : servers) from.publish(gone(server, sequence));
        if (sequence % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (sequence == each / 3) happens(1);
        if (sequence == each / 3 * 2) happens(2);
      }
    });
    Ledger ledger;
    auto reader = to.observations(loop_.get_executor());
    while (!ledger.has(servers, each)) {
      ledger.take(run(reader->next(512)));
      reader->acknowledge(reader->given());
    }
    published.get();
    return ledger;
  }

  boost::asio::io_context loop_{1};
};

TEST_F(RedisSurvival, KilledUnderLoadItLosesNothing) {
  RedisServer server;
  const auto from = open(trusting_nothing(server));
  const auto to = open(server.options());
  std::future<void> restarted;
  const auto ledger = carry(*from, *to, [&](int time) {
    if (time == 2) restarted.get();
    wait_until_claimed(server);
    server.wait_until_written();
    server.kill();
    restarted = std::async(std::launch::async, [&] {
      EXPECT_TRUE(becomes([&] { return trouble(*from) == "bus_away"; }));
      server.start();
    });
  });
  restarted.get();
  EXPECT_EQ(ledger.lost(), 0U);
  EXPECT_GT(loss(*from, "bus_sent_again"), 0U);
  EXPECT_EQ(loss(*from, "bus_emptied"), 0U);
}

TEST_F(RedisSurvival, KilledWithoutHavingSavedItLosesNothingThatWasNew) {
  RedisServer server({.saves = false});
  const auto from = open(trusting_nothing(server));
  const auto to = open(server.options());
  const auto ledger = carry(*from, *to, [&](int time) {
    if (time == 2) EXPECT_TRUE(becomes([&] { return loss(*from, "bus_emptied") == 1; }));
    wait_until_claimed(server);
    server.kill();
    server.start();
  });
  EXPECT_EQ(ledger.lost(), 0U);
  EXPECT_TRUE(becomes([&] { return loss(*from, "bus_emptied") == 2; }));
}

TEST_F(RedisSurvival, EmptiedUnderLoadItLosesNothingThatWasNew) {
  const RedisServer server;
  const auto from = open(trusting_nothing(server));
  const auto to = open(server.options());
  auto views = to->changes(loop_.get_executor());
  const auto ledger = carry(*from, *to, [&](int time) {
    if (time == 2) EXPECT_TRUE(becomes([&] { return loss(*from, "bus_emptied") == 1; }));
    wait_until_claimed(server);
    server.ask({"FLUSHALL"});
  });
  EXPECT_EQ(ledger.lost(), 0U);
  EXPECT_TRUE(becomes([&] { return loss(*from, "bus_emptied") == 2; }));
  EXPECT_TRUE(run(views->next()).missed);
}

// Our readers learn of it before our publisher has anything to say.
TEST_F(RedisSurvival, EmptiedAndClaimedByAnotherDaemonItLosesNothingThatWasNew) {
  const RedisServer server;
  const auto bus = open(trusting_nothing(server));
  auto views = bus->changes(loop_.get_executor());
  bus->publish(gone("a", 1));
  EXPECT_TRUE(becomes([&] { return server.ask({"XLEN", "davylamp:observations:0"}).integer == 1; }));
  server.ask({"EVAL",
              "redis.call('FLUSHALL') redis.call('SET', 'davylamp:life', 'another')"
              "redis.call('XADD', 'davylamp:commands', '*', 'colour', 'green')",
              "0"});
  EXPECT_TRUE(run(views->next()).missed);
  auto reader = bus->observations(loop_.get_executor());
  EXPECT_EQ(run(reader->next(10)).at(0).sequence, 1U);
  EXPECT_EQ(loss(*bus, "bus_emptied"), 1U);
}

TEST_F(RedisSurvival, WhatIsAcknowledgedLeavesTheStream) {
  const RedisServer server;
  {
    const auto bus = open(server.options());
    auto reader = bus->observations(loop_.get_executor());
    for (std::uint64_t i = 1; i <= 100; ++i) bus->publish(gone("a", i));
    while (reader->given() < 100) run(reader->next(7));
    EXPECT_GT(server.ask({"XLEN", "davylamp:observations:0"}).integer, 0);
    reader->acknowledge(100);
    EXPECT_TRUE(becomes([&] { return server.ask({"XLEN", "davylamp:observations:0"}).integer == 0; }));
  }
  const auto groups = server.ask({"XINFO", "GROUPS", "davylamp:observations:0"});
  ASSERT_EQ(groups.items.size(), 1U);
  EXPECT_EQ(groups.items[0].items.at(1).text, "process");
  EXPECT_NE(groups.items[0].items.at(7).text, "0-0");
}

TEST_F(RedisSurvival, AReaderThatWasReplacedTakesNothingFromItsSuccessor) {
  const RedisServer server;
  const auto bus = open(server.options());
  const auto paused = bus->observations(loop_.get_executor());
  for (std::uint64_t i = 1; i <= 10; ++i) bus->publish(gone("a", i));
  while (paused->given() < 10) run(paused->next(10));
  const auto other = open(server.options());
  const auto successor = other->observations(loop_.get_executor());
  for (std::uint64_t i = 11; i <= 20; ++i) bus->publish(gone("a", i));
  while (paused->given() < 20) run(paused->next(10));
  Ledger ledger;
  while (!ledger.has({"a"}, 20)) ledger.take(run(successor->next(10)));
  EXPECT_EQ(ledger.lost(), 0U);
  EXPECT_EQ(ledger.repeated(), 0U);
}

TEST_F(RedisSurvival, TellsWhatIsSafeOnceRedisHasHadItForAWhile) {
  const RedisServer server;
  const auto bus = open(server.options());
  const auto said = Steady::now();
  bus->publish(gone("a", 1));
  bus->publish(gone("a", 2));
  std::vector<model::Cursor> kept;
  EXPECT_TRUE(becomes([&] {
    for (auto& cursor : bus->take_kept()) kept.push_back(std::move(cursor));
    return !kept.empty() && kept.back().sequence == 2;
  }));
  EXPECT_GE(Steady::now() - said, std::chrono::seconds(2));
  EXPECT_TRUE(bus->take_kept().empty());
}

TEST_F(RedisSurvival, IsWaitedForWhenItIsAwayAtTheStart) {
  RedisServer server;
  server.kill();
  const auto bus = open(server.options());
  bus->publish(gone("a", 1));
  EXPECT_TRUE(becomes([&] { return trouble(*bus) == "bus_away"; }));
  EXPECT_EQ(bus->observation_stats().waiting, 1U);
  server.start();
  auto reader = bus->observations(loop_.get_executor());
  EXPECT_EQ(run(reader->next(10)).at(0).sequence, 1U);
  EXPECT_TRUE(becomes([&] { return trouble(*bus).empty(); }));
}

TEST_F(RedisSurvival, WhenItIsFullPublishersWaitAndNothingIsLost) {
  const RedisServer server;
  const auto bus = open(server.options());
  auto reader = bus->observations(loop_.get_executor());
  bus->publish(gone("a", 1));
  Ledger ledger;
  ledger.take(run(reader->next(10)));
  server.ask({"CONFIG", "SET", "maxmemory", "1"});
  for (std::uint64_t i = 2; i <= 50; ++i) bus->publish(gone("a", i));
  EXPECT_TRUE(becomes([&] { return trouble(*bus) == "bus_full"; }));
  EXPECT_TRUE(becomes([&] { return bus->observation_stats().waiting > 0; }));
  reader->acknowledge(1);
  EXPECT_TRUE(becomes([&] { return server.ask({"XLEN", "davylamp:observations:0"}).integer == 0; }));
  server.ask({"CONFIG", "SET", "maxmemory", "0"});
  while (!ledger.has({"a"}, 50)) ledger.take(run(reader->next(10)));
  EXPECT_EQ(ledger.lost(), 0U);
  EXPECT_EQ(bus->observation_stats().dropped, 0U);
}

TEST_F(RedisSurvival, AReplicaIsRefusedUntilItIsThePrimary) {
  const RedisServer replica;
  replica.ask({"REPLICAOF", "127.0.0.1", "1"});
  const auto bus = open(replica.options());
  bus->publish(gone("a", 1));
  EXPECT_TRUE(becomes([&] { return trouble(*bus) == "bus_read_only"; }));
  EXPECT_EQ(replica.ask({"REPLICAOF", "NO", "ONE"}).text, "OK");
  auto reader = bus->observations(loop_.get_executor());
  EXPECT_EQ(run(reader->next(10)).at(0).sequence, 1U);
}

TEST_F(RedisSurvival, EntriesThatAreNotOursAreSkippedAndCounted) {
  const RedisServer server;
  server.ask({"XADD", "davylamp:observations:0", "*", "colour", "green"});
  server.ask({"XADD", "davylamp:observations:0", "*", "d", "[{\"source\":7}]"});
  const auto bus = open(server.options());
  auto reader = bus->observations(loop_.get_executor());
  auto views = bus->changes(loop_.get_executor());
  bus->publish(gone("a", 1));
  EXPECT_EQ(run(reader->next(10)).at(0).sequence, 1U);
  bus->publish(update(1));
  run(views->next());
  server.ask({"XADD", "davylamp:changes", "*", "p", "stranger", "n", "x", "d", "[[[["});
  bus->publish(update(2));
  run(views->next());
  EXPECT_EQ(loss(*bus, "bus_entries_unreadable"), 3U);
  reader->acknowledge(1);
  EXPECT_TRUE(becomes([&] { return server.ask({"XLEN", "davylamp:observations:0"}).integer == 0; }));
}

TEST_F(RedisSurvival, DaemonsMustAgreeOnTheShards) {
  const RedisServer server;
  const auto bus = open(server.options());
  EXPECT_TRUE(becomes([&] { return server.ask({"GET", "davylamp:shards"}).text == "1"; }));
  auto options = server.options();
  options.shards = 4;
  EXPECT_EQ(refusal_at_opening(options), "bus_shards");
}

TEST_F(RedisSurvival, ALaterReaderOfCommandsGetsTheWholeListsThatHold) {
  const RedisServer server;
  const auto bus = open(server.options());
  auto first = bus->commands(loop_.get_executor());
  const auto soon =
      std::chrono::time_point_cast<base::Milliseconds>(std::chrono::system_clock::now()) + base::Milliseconds{60'000};
  for (const std::uint32_t shard : {0U, 1U}) {
    for (const auto* user : {"alice", "bob"})
      bus->publish({0, soon, model::RefuseUsers{{{user, {}, {}}}}, model::Shard{shard, 2}});
  }
  bus->publish({0, base::from_unix_seconds(1), model::StopInKernel{}, {}});
  bus->publish({9, soon, model::RunJob{"vacuum"}, {}});
  std::vector<model::Command> seen;
  while (seen.empty() || seen.back().id != 9) {
    for (auto& command : run(first->next())) seen.push_back(std::move(command));
  }
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_EQ(loss(*bus, "bus_commands_expired"), 1U);
  const auto other = open(server.options());
  auto elsewhere = other->commands(loop_.get_executor());
  auto later = bus->commands(loop_.get_executor());
  std::map<std::uint32_t, std::string> refused;
  while (refused.size() < 2 || refused[1] != "bob") {
    for (const auto& command : run(elsewhere->next()))
      refused[command.shard->index] = std::get<model::RefuseUsers>(command.order).refusals.at(0).user;
  }
  EXPECT_EQ(refused[0], "bob");
  EXPECT_EQ(run(later->next()).size(), 2U);
}

constexpr std::array acl{"reset",      "on",     ">correct horse", "~davylamp:*",   "+get",         "+set",
                         "+multi",     "+exec",  "+watch",         "+xadd",         "+xlen",        "+xread",
                         "+xrevrange", "+xtrim", "+xgroup|create", "+xgroup|setid", "+script|load", "+evalsha",
                         "+time",      "+hmget", "+hset",          "+pexpire",      "+select",      "+auth"};

TEST_F(RedisSurvival, ByTlsAsAUserWithOnlyWhatIsNeeded) {
  const RedisServer server({.tls = true});
  std::vector<std::string_view> words{"ACL", "SETUSER", "davylamp"};
  words.insert(words.end(), acl.begin(), acl.end());
  ASSERT_EQ(server.ask(words).text, "OK");
  auto options = server.options();
  options.url.replace(0, std::string("rediss://").size(), "rediss://davylamp@");
  options.password = "correct horse";
  const auto bus = open(options);
  auto reader = bus->observations(loop_.get_executor());
  auto views = bus->changes(loop_.get_executor());
  auto orders = bus->commands(loop_.get_executor());
  bus->publish(gone("a", 1));
  bus->publish(update(1));
  bus->publish({5, {}, model::RunJob{"vacuum"}, {}});
  EXPECT_EQ(run(reader->next(10)).at(0).sequence, 1U);
  EXPECT_EQ(run(views->next()).changes.size(), 1U);
  EXPECT_EQ(run(orders->next()).at(0).id, 5U);
  reader->acknowledge(1);
  EXPECT_TRUE(becomes([&] { return server.ask({"XLEN", "davylamp:observations:0"}).integer == 0; }));
  const auto buckets = open_buckets(loop_.get_executor(), options, a_long_time);
  const auto answer = run(buckets->take("a", {60, 5}));
  EXPECT_TRUE(answer && answer->taken);
  EXPECT_EQ(trouble(*bus), "");
  EXPECT_EQ(server.ask({"ACL", "LOG"}).items.size(), 0U);
}

TEST_F(RedisSurvival, SaysWhyItIsNotLetIn) {
  const RedisServer server({.tls = true});
  server.ask({"ACL", "SETUSER", "davylamp", "reset", "on", ">correct horse", "~davylamp:*", "+auth"});
  const auto refusal = [](const Options& options) {
    auto tried = try_out(options);
    // A busy machine may be too slow for the limit: that says nothing.
    for (int i = 0; i < 5 && !tried && tried.error().message.contains("no answer in time"); ++i)
      tried = try_out(options);
    return tried ? base::Error{} : tried.error();
  };
  auto options = server.options();
  options.url.replace(0, std::string("rediss://").size(), "rediss://davylamp@");
  options.password = "hunter2";
  const auto wrong = refusal(options);
  EXPECT_EQ(wrong.code, "bus_refused");
  EXPECT_NE(wrong.message.find("bus.password_file"), std::string::npos);
  EXPECT_EQ(wrong.message.find("hunter2"), std::string::npos);
  EXPECT_EQ(refusal_at_opening(options), "bus_refused");
  options.password = "correct horse";
  const auto allowed = refusal(options);
  EXPECT_EQ(allowed.code, "bus_refused");
  EXPECT_NE(allowed.message.find("docs/operate/redis.md"), std::string::npos);

  auto other_name = server.options();
  other_name.url = "rediss://127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(refusal(other_name).code, "bus_untrusted");
  auto host_authorities = server.options();
  host_authorities.ca_file.reset();
  EXPECT_EQ(refusal(host_authorities).code, "bus_untrusted");
  auto without_certificate = server.options();
  without_certificate.certificate_file.reset();
  without_certificate.key_file.reset();
  EXPECT_EQ(refusal(without_certificate).code, "bus_away");
  auto nobody = server.options();
  nobody.url = "redis://127.0.0.1:1";
  EXPECT_EQ(refusal(nobody).code, "bus_away");
  EXPECT_EQ(refusal(server.options()).message, "");
}

}  // namespace
}  // namespace davylamp::redis
