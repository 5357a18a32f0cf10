#include "bus/redis/entry.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/codec.hpp"
#include "base/codec_read.hpp"

namespace davylamp::redis {

// What a source said in a row.
struct Said {
  std::uint64_t sequence = 0;
  base::Time at{};
  model::Fact fact;
};
BOOST_DESCRIBE_STRUCT(Said, (), (sequence, at, fact))

struct Run {
  model::SourceId source;
  std::uint64_t boot = 0;
  std::vector<Said> said;
};
BOOST_DESCRIBE_STRUCT(Run, (), (source, boot, said))

namespace {

constexpr std::size_t deepest = 20;
constexpr std::size_t problem_text_bytes = 300;

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// A value lives for one payload only, so its memory is given back as a whole.
template <class Target>
base::Result<Target> read_payload(std::string_view text) {
  boost::json::monotonic_resource memory;
  boost::json::parse_options options;
  options.max_depth = deepest;
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, &memory, options);
  if (error) return base::fail("bad_json", "not valid JSON: " + error.message());
  base::json::Reader reader;
  Target target{};
  reader.read(value, target);
  if (reader.problems().empty()) return target;
  return base::fail("bad_entry", reader.problems().front().substr(0, problem_text_bytes));
}

Entry read_entry(EntryId id, Reply& fields) {
  Entry entry{.id = id, .publisher = {}, .number = 0, .text = {}};
  for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2) {
    const auto& name = fields.items[i].text;
    auto& value = fields.items[i + 1].text;
    if (name == payload_field) {
      entry.text = std::move(value);
    } else if (name == publisher_field) {
      entry.publisher = std::move(value);
    } else if (name == number_field) {
      entry.number = whole_number(value).value_or(0);
    }
  }
  return entry;
}

}  // namespace

std::optional<EntryId> EntryId::parse(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto milliseconds = whole_number(text.substr(0, dash));
  const auto number = whole_number(text.substr(dash + 1));
  if (!milliseconds || !number) return std::nullopt;
  return EntryId{*milliseconds, *number};
}

std::string EntryId::to_text() const {
  return std::to_string(milliseconds) + "-" + std::to_string(number);
}

base::Result<std::vector<StreamEntries>> read_streams(Reply reply) {
  std::vector<StreamEntries> streams;
  for (auto& stream : reply.items) {
    if (stream.items.size() != 2) return base::fail("bad_answer", "a stream without its entries");
    StreamEntries read{std::move(stream.items[0].text), {}};
    for (auto& item : stream.items[1].items) {
      const auto id = item.items.size() == 2 ? EntryId::parse(item.items[0].text) : std::nullopt;
      if (!id) return base::fail("bad_answer", "an entry without an id");
      read.entries.push_back(read_entry(*id, item.items[1]));
    }
    streams.push_back(std::move(read));
  }
  return streams;
}

void ObservationText::add(const model::Observation& observation) {
  const bool follows = !cursors_.empty() && !text_.empty() && cursors_.back().boot == observation.boot &&
                       cursors_.back().source == observation.source;
  if (follows) {
    text_ += ",{";
  } else {
    text_ += text_.empty() ? "[{\"source\":" : "]},{\"source\":";
    base::json::append(text_, observation.source);
    text_ += ",\"boot\":";
    base::json::append(text_, observation.boot);
    text_ += ",\"said\":[{";
    cursors_.push_back({observation.source, observation.boot, 0});
  }
  text_ += "\"sequence\":";
  base::json::append(text_, observation.sequence);
  text_ += ",\"at\":";
  base::json::append(text_, observation.at);
  text_ += ",\"fact\":";
  base::json::append(text_, observation.fact);
  text_ += '}';
  cursors_.back().sequence = observation.sequence;
}

std::string ObservationText::take() {
  if (!text_.empty()) text_ += "]}]";
  return std::exchange(text_, {});
}

base::Result<std::vector<model::Observation>> read_observations(std::string_view text) {
  auto runs = read_payload<std::vector<Run>>(text);
  if (!runs) return std::unexpected(runs.error());
  std::size_t count = 0;
  for (const auto& run : *runs) count += run.said.size();
  std::vector<model::Observation> observations;
  observations.reserve(count);
  for (auto& run : *runs) {
    for (auto& said : run.said)
      observations.push_back({run.source, run.boot, said.sequence, said.at, std::move(said.fact)});
  }
  return observations;
}

std::string write_changes(const std::vector<model::Change>& changes) {
  return base::json::write(changes);
}
base::Result<std::vector<model::Change>> read_changes(std::string_view text) {
  return read_payload<std::vector<model::Change>>(text);
}
std::string write_command(const model::Command& command) {
  return base::json::write(command);
}
base::Result<model::Command> read_command(std::string_view text) {
  return read_payload<model::Command>(text);
}

}  // namespace davylamp::redis
