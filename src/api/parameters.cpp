#include "api/parameters.hpp"

#include "api/answer.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

// Enough of a hostile value to recognise it.
std::string quoted(std::string_view value) {
  constexpr std::size_t most = 40;
  auto shown = base::printable(value.substr(0, most));
  return "\"" + shown + (value.size() > most ? "...\"" : "\"");
}

}  // namespace

std::string Parameters::text(const std::string& name) {
  asked_.insert(name);
  const auto found = request_.query.find(name);
  if (found == request_.query.end()) return {};
  if (found->second.size() > most_bytes) {
    problems_.push_back(name + ": is longer than " + std::to_string(most_bytes) + " bytes");
    return {};
  }
  return found->second;
}

std::vector<std::string> Parameters::list(const std::string& name) {
  std::vector<std::string> items;
  const auto value = text(name);
  for (const auto part : base::split(value, ',')) {
    const auto item = base::trim(part);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

std::optional<std::uint64_t> Parameters::number(const std::string& name, Range range) {
  const auto value = text(name);
  if (value.empty()) return std::nullopt;
  const auto number = base::parse_number<std::uint64_t>(value);
  if (number && *number >= range.least && *number <= range.most) return number;
  complain(name, "is not a whole number between " + std::to_string(range.least) + " and " + std::to_string(range.most));
  return std::nullopt;
}

void Parameters::complain(const std::string& name, const std::string& what) {
  const auto found = request_.query.find(name);
  problems_.push_back(name + ": " + quoted(found == request_.query.end() ? "" : std::string_view(found->second)) + " " +
                      what);
}

std::optional<Response> Parameters::refusal() {
  constexpr std::size_t most_problems = 20;
  std::string known;
  for (const auto& name : asked_) known += (known.empty() ? "" : ", ") + name;
  for (const auto& [name, value] : request_.query) {
    if (asked_.contains(name) || problems_.size() >= most_problems) continue;
    problems_.push_back(quoted(name) + ": unknown parameter; known are " + (known.empty() ? "none" : known));
  }
  if (problems_.empty()) return std::nullopt;
  std::string detail;
  for (const auto& problem : problems_) detail += (detail.empty() ? "" : "; ") + problem;
  return refusal_response(request_, {400, "bad-parameter", detail, std::nullopt});
}

}  // namespace davylamp::api
