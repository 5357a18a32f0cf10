#include "api/agents/status_board.hpp"

#include "api/agents/report_time.hpp"
#include "base/codec.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t frame_bytes = 160;  // around a row: the name, minutes_ago

template <class T>
void member(std::string& out, std::string_view name, const T& value) {
  out.append(",\"").append(name).append("\":");
  base::json::append(out, value);
}

std::string or_unknown(const std::optional<std::string>& text) {
  return text.value_or("Unknown");
}

const model::AgentExit* exit_of(const model::Agent& agent) {
  for (const auto* exit : {&agent.exit_v4, &agent.exit_v6}) {
    if (*exit && (*exit)->address) return &**exit;
  }
  return nullptr;
}

std::string resolver_country(const model::Agent& agent) {
  for (const auto& line : agent.resolvers) {
    if (line.place && line.place->country_code) return *line.place->country_code;
  }
  return "Unknown";
}

bool is_active(const model::Agent& agent) {
  return agent.presence == model::Presence::alive || agent.presence == model::Presence::late;
}

}  // namespace

StatusBoard::Row StatusBoard::row_of(const model::Agent& agent) {
  Row row;
  row.last_heard_at = *agent.last_heard_at;
  row.active = is_active(agent);
  row.head = "\"last_seen\":\"" + report_time(row.last_heard_at) + "\",\"minutes_ago\":";
  const auto* const exit = exit_of(agent);
  const auto place = exit != nullptr && exit->place ? *exit->place : model::Place{};
  member(row.tail, "public_ip", exit != nullptr ? exit->address->to_string() : std::string("unknown"));
  member(row.tail, "status", row.active ? "alive" : "dead");
  member(row.tail, "country", or_unknown(place.country_code));
  member(row.tail, "city", or_unknown(place.city));
  member(row.tail, "dns_location", resolver_country(agent));
  if (place.network) member(row.tail, "provider", *place.network);
  if (agent.version) member(row.tail, "client_version", *agent.version);
  row.tail += '}';
  return row;
}

void StatusBoard::remove(const std::string& name) {
  const auto found = rows_.find(name);
  if (found == rows_.end()) return;
  active_ -= found->second.active ? 1 : 0;
  bytes_ -= found->second.head.size() + found->second.tail.size();
  rows_.erase(found);
  ++revision_;
}

void StatusBoard::put(const model::Agent& agent) {
  remove(agent.settings.name);
  if (!agent.last_heard_at) return;
  auto row = row_of(agent);
  active_ += row.active ? 1 : 0;
  bytes_ += row.head.size() + row.tail.size();
  rows_.insert_or_assign(agent.settings.name, std::move(row));
  ++revision_;
}

void StatusBoard::reset(const std::vector<model::Agent>& agents) {
  rows_.clear();
  active_ = bytes_ = 0;
  ++revision_;
  for (const auto& agent : agents) put(agent);
}

void StatusBoard::apply(const std::vector<model::Change>& changes) {
  for (const auto& change : changes) {
    if (const auto* const changed = std::get_if<model::AgentChanged>(&change)) put(changed->agent);
    if (const auto* const gone = std::get_if<model::AgentGone>(&change)) remove(gone->agent);
  }
}

void StatusBoard::append(std::string& out, const std::string& name, const Row& row, StatusShape shape,
                         base::Time now) const {
  // Names are agents': no character of them needs an escape.
  if (shape == StatusShape::by_client) {
    out.append("\"").append(name).append("\":{");
  } else {
    out.append("{\"client_id\":\"").append(name).append("\",");
  }
  out.append(row.head);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(now - row.last_heard_at).count();
  base::json::append_integer(out, std::max<std::int64_t>(minutes, 0));
  out.append(row.tail);
}

const StatusText& StatusBoard::all(StatusShape shape, base::Time now) {
  auto& cached = cached_[shape];
  const bool fresh = cached.revision == revision_ && now >= cached.made_at && now - cached.made_at < base::Seconds(1);
  if (fresh) return cached.text;
  auto text = std::make_shared<std::string>();
  text->reserve(bytes_ + rows_.size() * frame_bytes + 2);
  *text += shape == StatusShape::list ? '[' : '{';
  for (const auto& [name, row] : rows_) {
    if (text->size() > 1) *text += ',';
    append(*text, name, row, shape, now);
  }
  *text += shape == StatusShape::list ? ']' : '}';
  // Named after what it was made of: hashing megabytes would take longer than sending them.
  const auto etag = "W/\"" + std::to_string(revision_) + "-" + std::to_string(now.time_since_epoch().count()) + "\"";
  cached = {{std::move(text), etag}, revision_, now};
  return cached.text;
}

std::string StatusBoard::one(const std::string& name, StatusShape shape, base::Time now) const {
  std::string out(1, shape == StatusShape::list ? '[' : '{');
  const auto found = rows_.find(name);
  if (found != rows_.end()) append(out, name, found->second, shape, now);
  return out + (shape == StatusShape::list ? ']' : '}');
}

}  // namespace davylamp::api
