// What collectors of many nodes would say, as fast as asked: for bench_cluster.py. Publishes on a Redis bus, and prints
// what it published when its time is over and Redis has all of it.
//
//   cluster_load URL PASSWORD_FILE SESSIONS RATE SECONDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "bus/redis/redis_bus.hpp"

namespace {

using namespace davylamp;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t nodes = 16;
constexpr std::chrono::milliseconds turn{20};

struct Load {
  std::uint64_t sessions = 0;
  std::uint64_t rate = 0;
  std::uint64_t seconds = 0;
};

class Crowd {
 public:
  Crowd(contract::Bus& bus, std::uint64_t sessions) : bus_(bus), rounds_(sessions), sequences_(nodes) {
    for (std::uint64_t node = 0; node < nodes; ++node)
      sources_.push_back({"bench-" + std::to_string(node), "openvpn", "load-" + std::to_string(node)});
  }
  void arrive() {
    for (std::uint64_t node = 0; node < nodes; ++node) {
      model::ServerFacts facts;
      facts.state = model::ServerState::up;
      facts.health = "Answers.";
      say(node, model::SourceHealth{facts});
    }
    for (std::uint64_t number = 0; number < rounds_.size(); ++number) say(number % nodes, seen(number, facts(number)));
  }
  // One report of the next session in turn.
  void move() {
    const auto number = next_++ % rounds_.size();
    ++rounds_[number];
    say(number % nodes, seen(number, std::nullopt));
  }
  // Whether Redis has had all of it for so long that it is safe there.
  bool is_kept() {
    for (const auto& cursor : bus_.take_kept()) {
      for (std::uint64_t node = 0; node < nodes; ++node) {
        if (sources_[node] == cursor.source) kept_[node] = std::max(kept_[node], cursor.sequence);
      }
    }
    return kept_ == sequences_;
  }
  std::uint64_t rx_bytes() const {
    std::uint64_t sum = 0;
    for (const auto rounds : rounds_) sum += rounds * rx_per_round;
    return sum;
  }

 private:
  static constexpr std::uint64_t rx_per_round = 1'000;
  static constexpr std::uint64_t tx_per_round = 7'000;

  model::PeerSeen seen(std::uint64_t number, std::optional<model::PeerFacts> facts) const {
    return {"1795300000/" + std::to_string(1'795'300'000 + number) + "/" + std::to_string(number),
            {rounds_[number] * rx_per_round, rounds_[number] * tx_per_round},
            0,
            std::move(facts)};
  }
  static model::PeerFacts facts(std::uint64_t number) {
    model::PeerFacts facts;
    facts.connected_at = now();
    facts.user = "user" + std::to_string(number);
    facts.common_name = facts.user;
    facts.transport = "udp";
    facts.real = model::Endpoint{
        model::Address::from_v4({198, 18, static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)}),
        1194};
    return facts;
  }
  static base::Time now() { return std::chrono::time_point_cast<base::Milliseconds>(std::chrono::system_clock::now()); }
  void say(std::uint64_t node, model::Fact fact) {
    bus_.publish({sources_[node], 1, ++sequences_[node], now(), std::move(fact)});
  }

  contract::Bus& bus_;
  std::vector<std::uint64_t> rounds_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::uint64_t> kept_ = std::vector<std::uint64_t>(nodes);
  std::vector<model::SourceId> sources_;
  std::uint64_t next_ = 0;
};

void wait_until_taken(contract::Bus& bus, std::uint64_t most) {
  while (bus.observation_stats().waiting > most) std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

void run(contract::Bus& bus, const Load& load) {
  Crowd crowd(bus, load.sessions);
  crowd.arrive();
  wait_until_taken(bus, 0);
  std::printf("arrived\n");
  std::fflush(stdout);
  const auto began = Clock::now();
  const auto end = began + std::chrono::seconds{load.seconds};
  std::uint64_t said = 0;
  for (auto at = began; at < end; at = Clock::now()) {
    const auto passed = std::chrono::duration<double>(at - began).count();
    const auto due = static_cast<std::uint64_t>(passed * static_cast<double>(load.rate));
    for (; said < due; ++said) crowd.move();
    std::this_thread::sleep_for(turn);
  }
  const auto stats = bus.observation_stats();
  std::printf("said %llu waiting %llu dropped %llu rx %llu\n", static_cast<unsigned long long>(said),
              static_cast<unsigned long long>(stats.waiting), static_cast<unsigned long long>(stats.dropped),
              static_cast<unsigned long long>(crowd.rx_bytes()));
  std::fflush(stdout);
  while (!crowd.is_kept()) std::this_thread::sleep_for(turn);
  std::printf("kept\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 5) {
    std::fprintf(stderr, "cluster_load URL PASSWORD_FILE SESSIONS RATE SECONDS\n");
    return 2;
  }
  const auto number = [&](std::size_t index) { return base::parse_number<std::uint64_t>(words[index]).value_or(1); };
  try {
    redis::Options options;
    options.url = words[0];
    std::ifstream(words[1]) >> options.password;
    const auto bus = redis::open(options);
    run(*bus, {number(2), number(3), number(4)});
    return 0;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "cluster_load: %s\n", exception.what());
    return 1;
  }
}
