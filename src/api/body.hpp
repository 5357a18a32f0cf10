// The body of a request, checked: what is wrong with which member.
#pragma once

#include <expected>
#include <map>
#include <string>

#include "api/answer.hpp"
#include "api/http.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {

// Gathers what is wrong with a body, so that one answer can name everything.
class Complaints {
 public:
  static constexpr std::size_t most = 20;

  // `member`: its path in the body, "period.zone"; `what` goes on after it: "is not a time zone". The first of a member
  // counts.
  void add(const std::string& member, std::string what);
  void add(const Complaints& others);
  bool empty() const { return members_.empty(); }
  // 422, naming every member.
  Refusal refusal() const;
  Response refusal(const Request& request) const;

 private:
  std::map<std::string, std::string> members_;
};

// A form of another site can send text/plain or a form, but not this type without asking first (CORS preflight).
bool is_json(const Request& request);

// Of a JSON text: a value, or 415, 400. An empty body is an empty object.
std::expected<boost::json::value, Response> parse_body(const Request& request);
// What the codec has to say about a body, as complaints.
Complaints complaints_of(const std::vector<std::string>& problems);

// The body as a T: 415 when it is not sent as JSON, 400 when it is not JSON, 422 when a member is unknown or of the
// wrong type. What a member means is for the caller to check.
template <class T>
std::expected<T, Response> read_body(const Request& request) {
  const auto value = parse_body(request);
  if (!value) return std::unexpected(value.error());
  base::json::Reader reader;
  T target{};
  reader.read(*value, target);
  if (!reader.problems().empty()) return std::unexpected(complaints_of(reader.problems()).refusal(request));
  return target;
}

inline constexpr std::size_t most_text_bytes = 500;  // of a reason or a note
inline constexpr std::size_t most_name_bytes = 512;  // of a user or a group

enum class Need { optional, required };
void check_reason(Complaints& complaints, const std::string& reason, Need need);
// Why somebody calls, for calls without other members: from the parameter or the member `reason`; or 400, 415, 422.
std::expected<std::string, Response> read_reason(const Request& request, Need need);

}  // namespace davylamp::api
