#include "bus/uplink/protocol.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "base/codec.hpp"
#include "base/codec_read.hpp"

namespace davylamp::uplink {
namespace {

constexpr std::size_t deepest = 16;
constexpr std::size_t problem_text_bytes = 300;

template <class Message>
void append_kind(std::string& out, const Message& message) {
  out += "{\"kind\":\"";
  out += Message::kind;
  out += '"';
  bool first = false;
  base::json::append_members(out, message, first);
  out += "}\n";
}

// A value lives for one message only, so its memory is given back as a whole.
template <class Message>
base::Result<Message> read_line(std::string_view line) {
  boost::json::monotonic_resource memory;
  boost::json::parse_options options;
  options.max_depth = deepest;
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(line.data(), line.size()), error, &memory, options);
  if (error) return base::fail("bad_json", "not valid JSON: " + error.message());
  base::json::Reader reader;
  Message message;
  reader.read(value, message);
  if (reader.problems().empty()) return message;
  return base::fail("bad_message", reader.problems().front().substr(0, problem_text_bytes));
}

}  // namespace

void append_line(std::string& out, const FromDaemon& message) {
  base::json::append(out, message);
  out += '\n';
}

void append_line(std::string& out, const Hello& message) {
  append_kind(out, message);
}

void append_line(std::string& out, const Lost& message) {
  append_kind(out, message);
}

void append_line(std::string& out, const Alive& message) {
  append_kind(out, message);
}

void append_line(std::string& out, const Told& message) {
  append_kind(out, message);
}

void append_line(std::string& out, const model::Observation& observation) {
  out += R"({"kind":"observed","observation":)";
  base::json::append(out, observation);
  out += "}\n";
}

base::Result<FromCollector> read_from_collector(std::string_view line) {
  return read_line<FromCollector>(line);
}

base::Result<FromDaemon> read_from_daemon(std::string_view line) {
  return read_line<FromDaemon>(line);
}

}  // namespace davylamp::uplink
