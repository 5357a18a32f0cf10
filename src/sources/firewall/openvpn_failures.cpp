#include "sources/firewall/openvpn_failures.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace davylamp::firewall {
namespace {

constexpr std::size_t most_told = 4'096;
constexpr std::size_t most_details = 64;
constexpr base::Seconds detail_lives{10};
// A handshake times out after 60 s by default; its last line may be as late.
constexpr base::Seconds fault_lives{120};

}  // namespace

std::vector<FailedClient> OpenvpnFailures::take_in(const OpenvpnFailure& line, base::Time at) {
  auto sure = expire(at);
  FailedClient failed{line.why, line.peer, std::string(line.transport), line.user, at};
  if (line.role == FailureRole::detail) {
    // Two details in a row are of one failure when nothing tells them apart.
    const bool same = !details_.empty() && details_.back().why == failed.why && details_.back().peer == failed.peer &&
                      (details_.back().user == failed.user || failed.user.empty() || details_.back().user.empty());
    if (same) {
      if (details_.back().user.empty()) details_.back().user = failed.user;
    } else {
      details_.push_back(std::move(failed));
    }
    if (details_.size() > most_details) {
      sure.push_back(std::move(details_.front()));
      details_.pop_front();
    }
    return sure;
  }
  const bool follows = line.role == FailureRole::consequence && line.peer && was_told(*line.peer, at);
  merge_details(failed);
  if (follows) return sure;
  if (line.peer) remember(*line.peer, at);
  sure.push_back(std::move(failed));
  return sure;
}

std::vector<FailedClient> OpenvpnFailures::expire(base::Time now) {
  std::vector<FailedClient> sure;
  while (!details_.empty() && now - details_.front().at >= detail_lives) {
    sure.push_back(std::move(details_.front()));
    details_.pop_front();
  }
  while (!told_.empty() && now - told_.front().at >= fault_lives) told_.pop_front();
  return sure;
}

std::vector<FailedClient> OpenvpnFailures::finish() {
  std::vector<FailedClient> sure(std::make_move_iterator(details_.begin()), std::make_move_iterator(details_.end()));
  details_.clear();
  return sure;
}

bool OpenvpnFailures::was_told(const model::Endpoint& peer, base::Time at) const {
  return std::ranges::any_of(told_ | std::views::reverse,
                             [&](const Told& told) { return told.peer == peer && at - told.at < fault_lives; });
}

void OpenvpnFailures::remember(const model::Endpoint& peer, base::Time at) {
  told_.push_back({peer, at});
  if (told_.size() > most_told) told_.pop_front();
}

// OpenVPN asks plugins and checks packets one at a time: the latest detail is this failure's.
void OpenvpnFailures::merge_details(FailedClient& failed) {
  const auto is_of = [&](const FailedClient& detail) {
    return detail.why == failed.why && (!detail.peer || detail.peer == failed.peer);
  };
  const auto found = std::ranges::find_if(details_ | std::views::reverse, is_of);
  if (found == (details_ | std::views::reverse).end()) return;
  if (failed.user.empty()) failed.user = found->user;
  details_.erase(std::next(found).base());
}

}  // namespace davylamp::firewall
