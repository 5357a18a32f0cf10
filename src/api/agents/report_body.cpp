#include "api/agents/report_body.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <cmath>

#include "api/agents/agent_name.hpp"
#include "api/agents/sentinel_body.hpp"
#include "api/body.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr int most_depth = 16;
constexpr std::size_t most_items = 32;  // in any list of a heartbeat
constexpr std::size_t most_words_bytes = 256;
constexpr std::size_t most_note_bytes = 500;
constexpr std::uint32_t most_interval_seconds = 7 * 86'400;
constexpr double most_latency_milliseconds = 3'600'000;

// Looks through a heartbeat for what is larger than it may be.
class Bounds {
 public:
  Bounds(std::string member, Complaints& complaints) : member_(std::move(member)), complaints_(complaints) {}

  void words(const std::string& name, const std::string& text, std::size_t most = most_words_bytes) const {
    if (text.size() > most) complain(name, "is longer than " + std::to_string(most) + " bytes");
  }
  void words(const std::string& name, const std::optional<std::string>& text,
             std::size_t most = most_words_bytes) const {
    if (text) words(name, *text, most);
  }
  template <class T>
  void list(const std::string& name, const std::vector<T>& items) const {
    if (items.size() > most_items) complain(name, "has more than " + std::to_string(most_items) + " items");
  }
  void milliseconds(const std::string& name, const std::optional<double>& value) const {
    if (value && !(*value >= 0 && *value <= most_latency_milliseconds)) complain(name, "is not a time of a probe");
  }
  void country(const std::string& name, const std::optional<std::string>& code) const {
    if (code && code->size() != 2) complain(name, "is not a country's two letters");
  }
  void complain(const std::string& name, std::string what) const {
    complaints_.add(member_ + "." + name, std::move(what));
  }

 private:
  std::string member_;
  Complaints& complaints_;
};

void check_exit(const Bounds& bounds, const std::string& name, std::optional<model::ExitReport>& exit) {
  if (!exit) return;
  exit->place.reset();
  bounds.list(name + ".answers", exit->answers);
  for (const auto& answer : exit->answers) {
    bounds.words(name + ".answers.provider", answer.provider);
    bounds.country(name + ".answers.country_code", answer.country_code);
    bounds.words(name + ".answers.city", answer.city);
    bounds.words(name + ".answers.network", answer.network);
    bounds.words(name + ".answers.error", answer.error);
  }
}

void check_resolver(const Bounds& bounds, std::optional<model::ResolverReport>& resolver) {
  if (!resolver) return;
  bounds.list("resolver.configured", resolver->configured);
  for (const auto& name : resolver->configured) bounds.words("resolver.configured", name);
  bounds.words("resolver.canary", resolver->canary);
  bounds.list("resolver.seen", resolver->seen);
  for (auto& sighting : resolver->seen) {
    sighting.place.reset();
    bounds.words("resolver.seen.method", sighting.method);
    bounds.country("resolver.seen.country_code", sighting.country_code);
    bounds.words("resolver.seen.client_subnet", sighting.client_subnet);
    bounds.words("resolver.seen.transport", sighting.transport);
  }
}

void check_paths(const Bounds& bounds, const std::vector<model::PathReport>& paths) {
  bounds.list("paths", paths);
  for (const auto& path : paths) {
    bounds.words("paths.target", path.target);
    bounds.milliseconds("paths.latency_milliseconds", path.latency_milliseconds);
    bounds.milliseconds("paths.jitter_milliseconds", path.jitter_milliseconds);
    if (path.received > path.sent) bounds.complain("paths.received", "is more than was sent");
  }
}

void check_link(const Bounds& bounds, const std::optional<model::LinkReport>& link) {
  if (!link) return;
  bounds.words("link.tunnel", link->tunnel);
  bounds.words("link.default_v4", link->default_v4);
  bounds.words("link.default_v6", link->default_v6);
}

// Also takes away what only the hub may say.
void check(const Bounds& bounds, model::Heartbeat& heartbeat) {
  heartbeat.number = 0;
  heartbeat.agent.clear();
  heartbeat.kind = model::HeartbeatKind::agent;
  heartbeat.received_at = {};
  heartbeat.connected_from.reset();
  heartbeat.connected_place.reset();
  check_exit(bounds, "exit_v4", heartbeat.exit_v4);
  check_exit(bounds, "exit_v6", heartbeat.exit_v6);
  check_resolver(bounds, heartbeat.resolver);
  check_paths(bounds, heartbeat.paths);
  check_link(bounds, heartbeat.link);
  bounds.words("version", heartbeat.version);
  bounds.words("note", heartbeat.note, most_note_bytes);
  if (heartbeat.measured_at < base::Time{}) bounds.complain("measured_at", "is before 1970");
  if (heartbeat.interval_seconds &&
      (*heartbeat.interval_seconds == 0 || *heartbeat.interval_seconds > most_interval_seconds)) {
    bounds.complain("interval_seconds", "is not between 1 and " + std::to_string(most_interval_seconds));
  }
}

void read_heartbeat(const boost::json::value& value, const std::string& member, ReportBody& report,
                    Complaints& complaints) {
  base::json::Reader reader;
  auto& heartbeat = report.heartbeats.emplace_back();
  reader.within(member, [&] { reader.read(value, heartbeat); });
  std::vector<std::string> problems;
  for (const auto& problem : reader.problems()) {
    if (!problem.ends_with(": unknown key")) problems.push_back(problem);
  }
  if (!problems.empty()) complaints.add(complaints_of(problems));
  check(Bounds(member, complaints), heartbeat);
}

void read_own(const boost::json::object& body, ReportBody& report, Complaints& complaints) {
  report.own = true;
  if (const auto* const one = body.if_contains("heartbeat")) read_heartbeat(*one, "heartbeat", report, complaints);
  const auto* const many = body.if_contains("heartbeats");
  if (many == nullptr) return;
  if (!many->is_array()) return complaints.add("heartbeats", "must be a list");
  const auto& items = many->get_array();
  if (items.empty() || items.size() + report.heartbeats.size() > most_heartbeats) {
    return complaints.add("heartbeats", "must be 1 to " + std::to_string(most_heartbeats));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    read_heartbeat(items[i], "heartbeats[" + std::to_string(i) + "]", report, complaints);
  }
}

void read_client_id(const boost::json::object& body, ReportBody& report, Complaints& complaints) {
  const auto* const value = body.if_contains("client_id");
  if (value == nullptr) return;
  if (value->is_string()) report.client_id = agent_name(std::string_view(value->get_string()));
  if (!report.client_id) complaints.add("client_id", "must be 1 to 100 of the characters A-Z a-z 0-9 . _ -");
}

}  // namespace

std::expected<ReportBody, Refusal> read_report_body(std::string_view text) {
  std::array<unsigned char, 8'192> space;  // NOLINT(cppcoreguidelines-pro-type-member-init): only ever written
  boost::json::monotonic_resource memory(space.data(), space.size());
  boost::json::parse_options options;
  options.max_depth = most_depth;
  boost::system::error_code error;
  const auto value = boost::json::parse({text.data(), text.size()}, error, &memory, options);
  if (error) {
    return std::unexpected(
        Refusal{400, "bad-body", "The body cannot be read: not valid JSON: " + error.message() + ".", std::nullopt});
  }
  if (!value.is_object() || value.get_object().empty()) {
    return std::unexpected(
        Refusal{400, "bad-body", "The body must be a JSON object that says something.", std::nullopt});
  }
  const auto& body = value.get_object();
  ReportBody report;
  Complaints complaints;
  read_client_id(body, report, complaints);
  if (body.contains("heartbeat") || body.contains("heartbeats")) {
    read_own(body, report, complaints);
  } else {
    report.heartbeats.push_back(read_sentinel_body(body, complaints));
  }
  if (!complaints.empty()) return std::unexpected(complaints.refusal());
  return report;
}

}  // namespace davylamp::api
