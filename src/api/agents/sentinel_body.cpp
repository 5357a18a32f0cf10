#include "api/agents/sentinel_body.hpp"

#include <boost/json/value.hpp>

#include "api/agents/report_time.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_words_bytes = 200;
constexpr std::string_view look_up = "client";  // which provider it asked it does not tell

bool says_nothing(std::string_view text) {
  return text.empty() || base::to_lower(text) == "unknown";
}

// Texts of a body, by name.
class Members {
 public:
  Members(const boost::json::object& object, std::string within, Complaints& complaints)
      : object_(object), within_(std::move(within)), complaints_(complaints) {}

  const boost::json::value* find(std::string_view name) const {
    return object_.if_contains(boost::json::string_view(name.data(), name.size()));
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Trimmed; nothing when it is absent or says nothing.
  std::optional<std::string> words(std::string_view name) const {
    const auto* const value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_string()) {
      complain(name, "must be text");
      return std::nullopt;
    }
    const auto text = base::trim(std::string_view(value->get_string()));
    if (text.size() > most_words_bytes) {
      complain(name, "is longer than " + std::to_string(most_words_bytes) + " bytes");
      return std::nullopt;
    }
    if (says_nothing(text)) return std::nullopt;
    return std::string(text);
  }
  // The first of `names` that says something.
  std::optional<std::string> words(std::initializer_list<std::string_view> names) const {
    std::optional<std::string> found;
    for (const auto name : names) {
      auto text = words(name);
      if (!found) found = std::move(text);
    }
    return found;
  }
  void complain(std::string_view name, std::string what) const {
    complaints_.add(within_ + std::string(name), std::move(what));
  }

 private:
  const boost::json::object& object_;
  std::string within_;
  Complaints& complaints_;
};

// The object `name`, or the body itself when it is flat.
Members part(const Members& whole, const boost::json::object& body, const char* name, Complaints& complaints) {
  const auto* const value = whole.find(name);
  if (value == nullptr) return whole;
  if (value->is_object()) return {value->get_object(), std::string(name) + ".", complaints};
  complaints.add(name, "must be an object");
  return {body, {}, complaints};
}

std::optional<std::string> country_code(const std::optional<std::string>& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!text || text->size() != 2 || !letter((*text)[0]) || !letter((*text)[1])) return std::nullopt;
  auto code = *text;
  for (auto& c : code) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  return code;
}

// "AS9009 M247 Europe SRL"
void read_network(const std::string& text, model::LookupAnswer& answer) {
  const auto space = std::min(text.find(' '), text.size());
  const auto number = std::string_view(text).substr(0, space);
  if (number.starts_with("AS")) answer.asn = base::parse_number<std::uint32_t>(number.substr(2));
  const auto name = base::trim(answer.asn ? std::string_view(text).substr(space) : std::string_view(text));
  if (!name.empty()) answer.network = std::string(name);
}

model::LookupAnswer read_answer(const Members& body, const Members& location) {
  model::LookupAnswer answer{.provider = std::string(look_up)};
  answer.country_code = country_code(location.words({"country", "country_code"}));
  answer.city = location.words("city");
  if (const auto network = location.words({"org", "provider"})) read_network(*network, answer);
  const std::string_view name = body.has("public_ip") || !body.has("ip") ? "public_ip" : "ip";
  const auto* const value = body.find(name);
  if (value == nullptr) return answer;
  const auto text = value->is_string() ? base::trim(std::string_view(value->get_string())) : std::string_view();
  const auto address = model::Address::parse(text);
  if (address) {
    answer.address = *address;
  } else if (base::to_lower(text) != "unknown") {
    body.complain(name, "is not an IP address, nor \"unknown\"");
  }
  return answer;
}

void read_exit(const Members& body, const Members& location, model::Heartbeat& heartbeat) {
  auto answer = read_answer(body, location);
  const bool known = answer.address.has_value();
  if (!known) answer.error = "the client could not learn its address";
  const auto address = answer.address;
  auto& exit = !address || address->is_v4() ? heartbeat.exit_v4 : heartbeat.exit_v6;
  exit.emplace();
  exit->routed = known;
  exit->address = address;
  exit->agreeing = exit->answered = known ? 1 : 0;
  exit->answers.push_back(std::move(answer));
}

void read_resolver(const Members& dns, bool nested, model::Heartbeat& heartbeat) {
  const auto where = nested ? dns.words("location") : dns.words({"dns_location", "dns_loc"});
  const bool asked = nested || dns.has("dns_location") || dns.has("dns_loc");
  if (!asked) return;
  auto& resolver = heartbeat.resolver.emplace();
  resolver.asked = 1;
  const auto country = country_code(where);
  if (!country) return;
  resolver.answered = 1;
  resolver.seen.push_back({.method = "location", .country_code = country});
}

void read_state(const Members& body, model::Heartbeat& heartbeat) {
  heartbeat.version = body.words({"client_version", "version"});
  const auto state = body.words("status");
  if (state && base::to_lower(*state) != "alive" && base::to_lower(*state) != "ok") {
    heartbeat.signal = model::HeartbeatSignal::failed;
    heartbeat.note = state;
  }
  const auto said_at = body.words("timestamp");
  if (!said_at) return;
  const auto at = parse_report_time(*said_at);
  if (at) {
    heartbeat.measured_at = *at;
  } else {
    body.complain("timestamp", "is not a time such as 2026-11-21T03:54:58+0000");
  }
}

}  // namespace

model::Heartbeat read_sentinel_body(const boost::json::object& object, Complaints& complaints) {
  model::Heartbeat heartbeat;
  heartbeat.kind = model::HeartbeatKind::sentinel;
  const Members body(object, {}, complaints);
  const auto location = part(body, object, "location", complaints);
  read_exit(body, location, heartbeat);
  read_resolver(part(body, object, "dns_test", complaints), body.has("dns_test"), heartbeat);
  read_state(body, heartbeat);
  return heartbeat;
}

}  // namespace davylamp::api
