#include "app/geofence/fence_reader.hpp"

#include "app/geofence/nft_program.hpp"

namespace davylamp::app {
namespace {

std::vector<std::string> names(const std::vector<std::string>& countries, const std::vector<std::uint32_t>& networks) {
  auto all = countries;
  for (const auto number : networks) all.push_back("AS" + std::to_string(number));
  return all;
}

}  // namespace

FenceFactsByService fence_facts(const Fences::Show& show) {
  FenceFactsByService all;
  for (const auto& shown : show.fences) {
    if (!shown.judging && show.problem.empty()) continue;
    const auto& judge = shown.entry.tried ? *shown.entry.tried : *shown.entry.kept;
    model::FenceFacts facts;
    facts.allow = names(judge.request.allow, judge.request.asn);
    facts.deny = names(judge.request.deny, judge.request.deny_asn);
    facts.confirmed = !shown.entry.tried;
    facts.expires_at = judge.expires_at;
    facts.since_at = judge.since_at;
    if (shown.judging) {
      facts.allowed_packets = shown.counts.allowed4.packets + shown.counts.allowed6.packets;
      facts.allowed_bytes = shown.counts.allowed4.bytes + shown.counts.allowed6.bytes;
      facts.refused_packets = shown.counts.refused4.packets + shown.counts.refused6.packets;
      facts.refused_bytes = shown.counts.refused4.bytes + shown.counts.refused6.bytes;
    }
    all.emplace(shown.entry.service, std::move(facts));
  }
  return all;
}

FenceReader::FenceReader(const std::string& state_directory) : fences_(state_directory, run_nft) {}

FenceFactsByService FenceReader::read() {
  try {
    return fence_facts(fences_.show());
  } catch (const base::Failure&) {
    // The commands say what is wrong with it.
    return {};
  }
}

}  // namespace davylamp::app
