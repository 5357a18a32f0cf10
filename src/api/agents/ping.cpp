#include "api/agents/ping.hpp"

#include "api/agents/report_paths.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr double most_milliseconds = 3'600'000;

std::unexpected<Refusal> no_such_path() {
  return std::unexpected(
      Refusal{404, "no-such-path", "Write /ping/KEY, /ping/KEY/start, /fail, /log or /EXIT-STATUS.", std::nullopt});
}

std::unexpected<Refusal> bad_parameter(const std::string& name, const std::string& what) {
  return std::unexpected(
      Refusal{422, "bad-parameter", "The parameter " + name + " " + what + ".", std::nullopt, {{name, what}}});
}

// Valid UTF-8 of at most `most` bytes, whole characters; nothing when empty.
std::optional<std::string> note_of(std::string_view bytes) {
  auto note = base::to_utf8(base::trim(bytes));
  if (note.size() > most_note_bytes) {
    auto end = most_note_bytes;
    while (end > 0 && (static_cast<unsigned char>(note[end]) & 0xc0U) == 0x80U) --end;
    note.resize(end);
  }
  if (note.empty()) return std::nullopt;
  return note;
}

model::Heartbeat alive() {
  model::Heartbeat heartbeat;
  heartbeat.kind = model::HeartbeatKind::ping;
  return heartbeat;
}

std::expected<Ping, Refusal> read_healthchecks(const Request& request) {
  const auto parts = base::split(std::string_view(request.path).substr(ping_prefix.size()), '/');
  if (parts.empty() || parts.size() > 2 || parts[0].empty()) return no_such_path();
  Ping ping{PingStyle::healthchecks, std::string(parts[0]), alive()};
  auto& heartbeat = *ping.heartbeat;
  heartbeat.note = note_of(request.body);
  const auto word = parts.size() == 2 ? parts[1] : std::string_view();
  if (word.empty()) return ping;
  const auto exit_status = base::parse_number<std::uint8_t>(word);
  if (word == "start") {
    heartbeat.signal = model::HeartbeatSignal::started;
  } else if (word == "log") {
    ping.heartbeat.reset();
  } else if (word == "fail" || (exit_status && *exit_status != 0)) {
    heartbeat.signal = model::HeartbeatSignal::failed;
    if (exit_status && !heartbeat.note) heartbeat.note = "exit status " + std::string(word);
  } else if (!exit_status) {
    return no_such_path();
  }
  return ping;
}

std::string_view query(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string_view() : base::trim(found->second);
}

std::expected<Ping, Refusal> read_push(const Request& request) {
  const auto key = std::string_view(request.path).substr(push_prefix.size());
  if (key.empty() || key.contains('/')) return no_such_path();
  Ping ping{PingStyle::uptime_kuma, std::string(key), alive()};
  auto& heartbeat = *ping.heartbeat;
  heartbeat.note = note_of(query(request, "msg"));
  const auto status = query(request, "status");
  if (!status.empty() && status != "up" && status != "down") return bad_parameter("status", "is neither up nor down");
  if (status == "down") heartbeat.signal = model::HeartbeatSignal::failed;
  const auto text = query(request, "ping");
  if (text.empty() || text == "null") return ping;
  double milliseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || !(milliseconds >= 0 && milliseconds <= most_milliseconds)) {
    return bad_parameter("ping", "is not a time in milliseconds");
  }
  heartbeat.paths.push_back({.target = "push", .sent = 1, .received = 1, .latency_milliseconds = milliseconds});
  return ping;
}

}  // namespace

std::expected<Ping, Refusal> read_ping(const Request& request) {
  return request.path.starts_with(ping_prefix) ? read_healthchecks(request) : read_push(request);
}

}  // namespace davylamp::api
