// Random worlds: flows that come, move and go, two witnesses that break and come back, kills of the program. Whatever
// happens, totals never fall and are never more than what moved; and without breaks they are exactly that.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/testing/temporary_directory.hpp"
#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

using base::Seconds;
using model::Counters;
using model::WitnessState;

class World {
 public:
  World(std::uint32_t seed, bool breaks) : random_(seed), breaks_(breaks) { start(); }

  void step() {
    clock_.advance(Seconds{1});
    move();
    if (breaks_ && chance(15)) break_or_mend(random_() % 2);
    for (std::size_t i = 0; i < 2; ++i) {
      if (looks_[i] && chance(60)) list(i);
    }
    if (chance(4)) restart();
    ledger_->tick(clock_.now());
    drop_idle();
    check();
  }
  // All that moved is told.
  void settle() {
    for (std::size_t i = 0; i < 2; ++i) list(i);
    check();
  }
  Counters counted() const {
    Counters sum = dropped_;
    for (const auto& [key, totals] : known_) sum += totals;
    return sum;
  }
  Counters moved() const { return moved_; }

 private:
  struct RealFlow {
    std::uint64_t identity;
    std::string address;
    std::uint16_t port;
    base::Time began_at;
    base::Time last_at;
    Counters moved;
    bool over = false;
    bool told_last = false;
  };
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void start() {
    ledger_.emplace(rules_of({"ebpf", "conntrack"}), SlotBook(StateFile::open(place_).value()), clock_.now());
    for (std::size_t i = 0; i < 2; ++i) {
      if (looks_[i]) ledger_->told(i, clock_.now(), WitnessState::looking);
    }
    ledger_->tick(clock_.now());
  }
  void restart() {
    ledger_.reset();
    start();
  }
  void move() {
    if (flows_.size() < 12 && chance(40)) {
      ++identity_;
      flows_.push_back({identity_,
                        "192.0.2." + std::to_string(random_() % 5),
                        static_cast<std::uint16_t>(1000 + (identity_ % 60'000)),
                        clock_.now(),
                        clock_.now(),
                        {}});
    }
    for (auto& flow : flows_) {
      if (flow.over || !chance(50)) continue;
      const Counters more{random_() % 10'000, 1 + (random_() % 100'000)};
      flow.moved += more;
      flow.last_at = clock_.now();
      moved_ += more;
      if (chance(10)) flow.over = true;
    }
  }
  void tell_end(std::size_t witness, const RealFlow& flow) {
    const model::FlowCounters last{flow.moved.rx_bytes, flow.moved.tx_bytes, 1, 1};
    ledger_->ended(witness, clock_.now(), {flow.identity, last, clock_.now()});
  }
  void list(std::size_t witness) {
    ledger_->begin_listing(witness);
    for (auto& flow : flows_) {
      const ScriptedFlow told{.identity = flow.identity,
                              .address = flow.address,
                              .port = flow.port,
                              .rx = flow.moved.rx_bytes,
                              .tx = flow.moved.tx_bytes,
                              .began_at = flow.began_at,
                              .last_seen_at = flow.last_at};
      ledger_->seen(witness, clock_.now(), told.seen());
      if (flow.over) tell_end(witness, flow);
      flow.told_last = flow.told_last || (flow.over && witness == 0);
    }
    ledger_->end_listing(witness, clock_.now());
    if (witness == 1) std::erase_if(flows_, [](const RealFlow& flow) { return flow.told_last; });
  }
  void break_or_mend(std::size_t witness) {
    looks_[witness] = !looks_[witness];
    const auto broken = chance(50) ? WitnessState::failed : WitnessState::refused;
    ledger_->told(witness, clock_.now(), looks_[witness] ? WitnessState::looking : broken);
  }
  void drop_idle() {
    for (std::uint32_t i = 0; i < ledger_->slots_used(); ++i) {
      if (ledger_->slot(i).key == 0 || !ledger_->is_idle(i, clock_.now())) continue;
      dropped_ += ledger_->totals(i);
      known_.erase(ledger_->slot(i).key);
      ledger_->drop(i);
    }
  }
  void check() {
    for (std::uint32_t i = 0; i < ledger_->slots_used(); ++i) {
      const auto key = ledger_->slot(i).key;
      if (key == 0) continue;
      const auto now = ledger_->totals(i);
      auto& before = known_[key];
      EXPECT_GE(now.rx_bytes, before.rx_bytes);
      EXPECT_GE(now.tx_bytes, before.tx_bytes);
      before = now;
    }
    EXPECT_LE(counted().rx_bytes, moved_.rx_bytes);
    EXPECT_LE(counted().tx_bytes, moved_.tx_bytes);
  }

  std::mt19937 random_;
  bool breaks_;
  base::TemporaryDirectory directory_;
  StatePlace place_ = small_place(directory_.file("watch/state"));
  base::ManualClock clock_;
  std::optional<PeerLedger> ledger_;
  bool looks_[2] = {true, true};
  std::vector<RealFlow> flows_;
  std::uint64_t identity_ = 0;
  std::map<std::uint64_t, Counters> known_;
  Counters dropped_;
  Counters moved_;
};

}  // namespace

TEST(PeerLedgerProperty, RestartsLoseNothingAndDoubleNothing) {
  for (std::uint32_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, false);
    for (int i = 0; i < 300; ++i) world.step();
    world.settle();
    EXPECT_EQ(world.counted(), world.moved());
    if (HasFailure()) return;
  }
}

TEST(PeerLedgerProperty, HandoversNeverCountTwiceAndNeverFall) {
  for (std::uint32_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, true);
    for (int i = 0; i < 400; ++i) world.step();
    world.settle();
    EXPECT_GT(world.counted().tx_bytes, world.moved().tx_bytes / 10) << "something was counted";
    if (HasFailure()) return;
  }
}

}  // namespace davylamp::watch
