// What a stranger sends as a report: no body, path, time or signature crashes a parser, and what is taken is bounded
// and bears nothing that only the hub may say.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/agents/agent_name.hpp"
#include "api/agents/ping.hpp"
#include "api/agents/report_body.hpp"
#include "api/agents/report_time.hpp"
#include "api/agents/signature.hpp"
#include "api/request_target.hpp"
#include "base/text.hpp"

namespace {

using namespace davylamp;

void require(bool held) {
  if (!held) std::abort();
}

void check_body(std::string_view text) {
  const auto report = api::read_report_body(text);
  if (!report) {
    require(report.error().status == 400 || report.error().status == 422);
    require(base::is_utf8(report.error().detail));
    return;
  }
  require(!report->heartbeats.empty() && report->heartbeats.size() <= api::most_heartbeats);
  require(!report->client_id || api::agent_name(*report->client_id) == report->client_id);
  for (const auto& heartbeat : report->heartbeats) {
    require(heartbeat.number == 0 && heartbeat.agent.empty() && !heartbeat.connected_from);
    require(heartbeat.received_at == base::Time{} && heartbeat.paths.size() <= 32);
    require(!heartbeat.exit_v4 || (!heartbeat.exit_v4->place && heartbeat.exit_v4->answers.size() <= 32));
    require(!heartbeat.note || heartbeat.note->size() <= 500);
  }
}

void check_ping(std::string_view text) {
  const auto target = api::parse_target(text);
  if (!target) return;
  api::Request request;
  request.path = target->path;
  request.query = target->query;
  request.body = text;
  if (!request.path.starts_with("/ping/") && !request.path.starts_with("/api/push/")) return;
  const auto ping = api::read_ping(request);
  if (!ping || !ping->heartbeat) return;
  require(!ping->key.empty());
  const auto& note = ping->heartbeat->note;
  require(!note || (note->size() <= api::most_note_bytes && base::is_utf8(*note)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_body(text);
  check_ping(text);
  if (const auto time = api::parse_report_time(text)) require(api::parse_report_time(api::report_time(*time)) == time);
  api::Request request;
  request.headers["x-davylamp-timestamp"] = text;
  request.headers["x-davylamp-nonce"] = text.substr(0, size / 2);
  request.headers["x-davylamp-signature"] = text;
  require(size == 0 || !api::check_signature(request, "key"));
  return 0;
}
