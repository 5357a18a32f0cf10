// Plays a scenario: observations go over a road into pipelines, what these decide is committed to a store, as the
// process role does it, under a clock that only the scenario moves.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contract/store.hpp"
#include "core/pipeline.hpp"
#include "road.hpp"
#include "scenario.hpp"

namespace davylamp::scenarios {

class Player {
 public:
  // A commit every `commit_every` of the scenario's time.
  Player(Road& road, contract::Store& store, base::Milliseconds commit_every);
  void play(const Scenario& scenario);
  // What is stored, sorted:
  //   session alpha/udp anna 0s-7s left rx=50 tx=60      (0s-open while it is open)
  //   user anna sessions=1 rx=50 tx=60
  //   server udp rx=50 tx=60                             (what is charted)
  //   event session_opened udp anna x1
  std::vector<std::string> results();

 private:
  struct Peer {
    std::string key;
    model::Counters counters;
    base::Time since{};
    std::uint64_t number = 0;
  };
  struct Speaker {
    std::uint64_t boot = 1;
    std::uint64_t sequence = 0;
    std::uint64_t epoch = 1;
    std::uint64_t listing = 0;
    std::map<std::string, Peer> peers;
  };
  struct Shard {
    std::unique_ptr<contract::StoreWriter> writer;
    std::unique_ptr<core::Pipeline> pipeline;
    std::uint64_t last_batch = 0;
  };
  void start();
  void carry_out(const Step& step);
  void speak(const Step& step);
  void list(const Step& step, Speaker& speaker);
  void say(const model::SourceId& source, model::Fact fact);
  void deliver(const model::Observation& observation);
  void advance(base::Time to);
  void commit();
  Peer& peer(Speaker& speaker, const std::string& name);
  static model::PeerFacts facts(const std::string& name, const Peer& peer);

  Road& road_;
  contract::Store& store_;
  base::Milliseconds commit_every_;
  base::Time began_;
  base::Time now_;
  base::Time committed_at_;
  std::uint64_t next_peer_ = 1;
  std::map<model::SourceId, Speaker> speakers_;
  std::deque<model::Observation> published_;
  std::vector<Shard> shards_;
};

}  // namespace davylamp::scenarios
