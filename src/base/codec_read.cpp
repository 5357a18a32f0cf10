#include "base/codec_read.hpp"

#include <cmath>

namespace davylamp::base::json {
namespace {

std::string_view type_name(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "nothing";
    case boost::json::kind::bool_:
      return "true or false";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
      return "a whole number";
    case boost::json::kind::double_:
      return "a number with decimals";
    case boost::json::kind::string:
      return "text";
    case boost::json::kind::array:
      return "a list";
    case boost::json::kind::object:
      return "a table";
  }
  return "something else";
}

}  // namespace

void Reader::wrong_type(std::string_view wanted, const boost::json::value& value) {
  problem("must be " + std::string(wanted) + ", not " + std::string(type_name(value)));
}

std::optional<std::int64_t> Reader::signed_number(const boost::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  return std::nullopt;
}
std::optional<std::uint64_t> Reader::unsigned_number(const boost::json::value& value) {
  if (value.is_uint64()) return value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
  return std::nullopt;
}

void Reader::read_into(const boost::json::value& value, bool& target) {
  if (!value.is_bool()) return wrong_type("true or false", value);
  target = value.get_bool();
}
void Reader::read_into(const boost::json::value& value, double& target) {
  if (!value.is_number()) return wrong_type("a number", value);
  target = value.to_number<double>();
}
void Reader::read_into(const boost::json::value& value, std::string& target) {
  if (!value.is_string()) return wrong_type("text", value);
  target = std::string(value.get_string());
}
void Reader::read_into(const boost::json::value& value, Time& target) {
  if (!value.is_number()) return wrong_type("UNIX seconds", value);
  const auto seconds = value.to_number<double>();
  constexpr double furthest = 253'402'300'799.0;  // the year 9999
  if (!(seconds >= 0 && seconds <= furthest)) return problem("is not a time between 1970 and 9999");
  target = Time{Milliseconds{std::llround(seconds * 1000.0)}};
}

Result<boost::json::value> parse(std::string_view text) {
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 16;
  auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return fail("bad_json", "not valid JSON: " + error.message());
  return value;
}

}  // namespace davylamp::base::json
