#include "api/body.hpp"

#include "api/dto/limits.hpp"
#include "api/parameters.hpp"
#include "base/text.hpp"

namespace davylamp::api {

void Complaints::add(const std::string& member, std::string what) {
  if (members_.size() < most) members_.try_emplace(member, std::move(what));
}

void Complaints::add(const Complaints& others) {
  for (const auto& [member, what] : others.members_) add(member, what);
}

Refusal Complaints::refusal() const {
  std::string detail;
  for (const auto& [member, what] : members_) {
    detail += detail.empty() ? "" : "; ";
    detail += (member.empty() ? "the body" : member) + " " + what;
  }
  return {422, "bad-member", detail + ".", std::nullopt, members_};
}

Response Complaints::refusal(const Request& request) const {
  return refusal_response(request, refusal());
}

bool is_json(const Request& request) {
  const auto type = request.header("content-type");
  return base::to_lower(base::trim(type.substr(0, type.find(';')))) == "application/json";
}

std::expected<boost::json::value, Response> parse_body(const Request& request) {
  if (request.body.empty()) return boost::json::value(boost::json::object());
  if (!is_json(request)) {
    return std::unexpected(
        refusal_response(request, {415, "json-only", "Send the body as application/json.", std::nullopt}));
  }
  auto value = base::json::parse(request.body);
  if (value) return std::move(*value);
  return std::unexpected(refusal_response(
      request, {400, "bad-body", "The body cannot be read: " + value.error().message + ".", std::nullopt}));
}

Complaints complaints_of(const std::vector<std::string>& problems) {
  constexpr std::size_t most_bytes = 200;
  Complaints complaints;
  for (const auto& problem : problems) {
    const auto colon = problem.find(": ");
    const bool whole = colon == std::string::npos;
    const auto what = std::string_view(problem).substr(whole ? 0 : colon + 2).substr(0, most_bytes);
    const auto member = std::string_view(problem).substr(0, whole ? 0 : colon).substr(0, most_bytes);
    complaints.add(base::printable(member), what == "unknown key" ? "is not known" : base::printable(what));
  }
  return complaints;
}

void check_reason(Complaints& complaints, const std::string& reason, Need need) {
  if (need == Need::required && base::trim(reason).empty()) complaints.add("reason", "must say why");
  if (reason.size() > most_text_bytes) {
    complaints.add("reason", "is longer than " + std::to_string(most_text_bytes) + " bytes");
  }
}

std::expected<std::string, Response> read_reason(const Request& request, Need need) {
  Parameters parameters(request);
  auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) return std::unexpected(std::move(*refusal));
  auto body = read_body<ReasonRequest>(request);
  if (!body) return std::unexpected(std::move(body.error()));
  if (body->reason) reason = std::move(*body->reason);
  Complaints complaints;
  check_reason(complaints, reason, need);
  if (!complaints.empty()) return std::unexpected(complaints.refusal(request));
  return reason;
}

}  // namespace davylamp::api
