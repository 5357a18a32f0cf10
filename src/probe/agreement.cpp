#include "probe/agreement.hpp"

#include <algorithm>
#include <map>

namespace davylamp::probe {
namespace {

constexpr std::size_t network_bytes = 8;  // of an IPv6 address: a /64

model::Address network_of(const model::Address& address) {
  if (address.is_v4()) return address;
  auto bytes = address.bytes();
  std::fill(bytes.begin() + network_bytes, bytes.end(), std::uint8_t{0});
  return model::Address::from_v6(bytes);
}

struct Votes {
  std::uint32_t all = 0;
  std::map<model::Address, std::uint32_t> by_address;
};

model::Address most_named(const std::vector<model::LookupAnswer>& answers, const Votes& votes) {
  const model::LookupAnswer* best = nullptr;
  std::uint32_t most = 0;
  for (const auto& answer : answers) {
    const auto found = answer.address ? votes.by_address.find(*answer.address) : votes.by_address.end();
    if (found == votes.by_address.end() || found->second <= most) continue;
    best = &answer;
    most = found->second;
  }
  return *best->address;
}

}  // namespace

model::ExitReport agree(bool routed, std::vector<model::LookupAnswer> answers) {
  model::ExitReport report;
  report.routed = routed;
  std::map<model::Address, Votes> networks;
  for (const auto& answer : answers) {
    if (!answer.address) continue;
    ++report.answered;
    auto& votes = networks[network_of(*answer.address)];
    ++votes.all;
    ++votes.by_address[*answer.address];
  }
  for (const auto& [network, votes] : networks) {
    if (votes.all * 2 <= report.answered) continue;
    report.agreeing = votes.all;
    report.address = most_named(answers, votes);
  }
  if (routed || report.answered != 0) report.answers = std::move(answers);
  return report;
}

}  // namespace davylamp::probe
