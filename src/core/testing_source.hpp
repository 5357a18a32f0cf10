// A scripted source for tests of the core: numbers its observations as a real one does.
#pragma once

#include "model/observation.hpp"

namespace davylamp::core {

class TestingSource {
 public:
  explicit TestingSource(std::string name = "udp", std::uint64_t boot = 1)
      : id_{"edge-1", "openvpn", std::move(name)}, boot_(boot) {}

  model::Observation say(base::Time at, model::Fact fact) { return {id_, boot_, ++sequence_, at, std::move(fact)}; }
  static model::PeerFacts facts(std::string user, base::Time connected_at, std::string_view address = "8.8.8.8") {
    model::PeerFacts facts;
    facts.user = user;
    facts.common_name = std::move(user);
    facts.connected_at = connected_at;
    facts.transport = "udp";
    facts.real = model::Endpoint{model::Address::parse(address).value(), 1194};
    return facts;
  }

 private:
  model::SourceId id_;
  std::uint64_t boot_;
  std::uint64_t sequence_ = 0;
};

}  // namespace davylamp::core
