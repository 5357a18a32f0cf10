#include "probe/hub_answer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::probe {
namespace {

constexpr std::uint32_t shortest_interval_seconds = 5;
constexpr std::uint32_t longest_interval_seconds = 86'400;
constexpr std::size_t longest_text = 253;
constexpr double latest_second = 253'402'300'799;  // the end of the year 9999
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<std::string> text_of(const boost::json::object& members, std::string_view name) {
  const auto* const member = members.if_contains(name);
  if (member == nullptr || !member->is_string() || member->get_string().size() > longest_text) return std::nullopt;
  return std::string(member->get_string());
}

struct Moment {
  std::optional<int> year;
  std::optional<unsigned> month;
  std::optional<unsigned> day;
  std::string_view clock;  // "16:20:00"
};

std::optional<base::Time> time_of(const Moment& moment) {
  if (!moment.year || !moment.month || !moment.day || moment.clock.size() != 8) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*moment.year}, std::chrono::month{*moment.month},
                                         std::chrono::day{*moment.day}};
  const auto hours = base::parse_number<unsigned>(moment.clock.substr(0, 2));
  const auto minutes = base::parse_number<unsigned>(moment.clock.substr(3, 2));
  const auto seconds = base::parse_number<unsigned>(moment.clock.substr(6, 2));
  if (!date.ok() || !hours || !minutes || !seconds) return std::nullopt;
  if (*hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
         base::Seconds{*seconds};
}

// "2026-11-21T16:20:00.123456+00:00", the zone taken for UTC.
std::optional<base::Time> read_iso_time(std::string_view text) {
  if (text.size() < 19 || text[10] != 'T') return std::nullopt;
  const auto time =
      time_of({base::parse_number<int>(text.substr(0, 4)), base::parse_number<unsigned>(text.substr(5, 2)),
               base::parse_number<unsigned>(text.substr(8, 2)), text.substr(11, 8)});
  const bool exact = text.size() >= 23 && text[19] == '.';
  const auto milliseconds = exact ? base::parse_number<unsigned>(text.substr(20, 3)) : std::nullopt;
  return time ? std::optional(*time + base::Milliseconds{milliseconds.value_or(0)}) : std::nullopt;
}

std::optional<base::Time> read_server_time(const boost::json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return read_iso_time(value->get_string());
  if (!value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!(seconds > 0) || seconds > latest_second) return std::nullopt;
  return base::Time{base::Milliseconds{std::llround(seconds * 1'000)}};
}

NextReport read_next(const boost::json::object& members) {
  NextReport next;
  if (const auto* const interval = members.if_contains("interval_seconds"); interval != nullptr) {
    boost::system::error_code error;
    const auto seconds = interval->is_number() ? interval->to_number<std::uint32_t>(error) : 0;
    if (!error && seconds >= shortest_interval_seconds && seconds <= longest_interval_seconds)
      next.interval_seconds = seconds;
  }
  next.canary_zone = text_of(members, "canary_zone");
  const auto* const again = members.if_contains("test_again");
  next.test_again = again != nullptr && *again == true;
  return next;
}

}  // namespace

HubAnswer read_hub_answer(std::string_view body) {
  HubAnswer answer;
  const auto value = base::json::parse(body);
  if (!value || !value->is_object()) return answer;
  const auto& members = value->get_object();
  answer.server_time = read_server_time(members.if_contains("server_time"));
  if (const auto text = text_of(members, "address")) {
    if (const auto address = model::Address::parse(*text)) answer.address = *address;
  }
  for (const std::string_view name : {"detail", "message", "title", "error"}) {
    if (!answer.message) answer.message = text_of(members, name);
  }
  if (const auto* const next = members.if_contains("next"); next != nullptr && next->is_object())
    answer.next = read_next(next->get_object());
  return answer;
}

std::optional<base::Time> read_http_date(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::ranges::find(months, text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  return time_of({base::parse_number<int>(text.substr(12, 4)), static_cast<unsigned>(month - months.begin() + 1),
                  base::parse_number<unsigned>(text.substr(5, 2)), text.substr(17, 8)});
}

base::Result<Enrolment> read_enrolment(std::string_view body) {
  const auto value = base::json::parse(body);
  if (!value || !value->is_object()) return base::fail("bad_answer", "the hub's answer is not a JSON object");
  auto name = text_of(value->get_object(), "name");
  auto token = text_of(value->get_object(), "token");
  if (!name || !token || name->empty() || token->empty())
    return base::fail("bad_answer", "the hub's answer has no name and token");
  return Enrolment{std::move(*name), std::move(*token)};
}

}  // namespace davylamp::probe
