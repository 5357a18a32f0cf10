#include "bus/redis/requests.hpp"

#include <array>

#include "base/text.hpp"

namespace davylamp::redis {
namespace {

constexpr std::size_t error_text_bytes = 200;

struct Meaning {
  std::string_view word;
  std::string_view code;
  std::string_view sentence;
};

constexpr std::array meanings{
    Meaning{"OOM", "bus_full",
            "its memory is full: raise maxmemory, or see why nothing takes what waits (is a worker running?)"},
    Meaning{"READONLY", "bus_read_only", "it is a replica, which cannot be written to: bus.url must name the primary"},
    Meaning{"MISCONF", "bus_unsaved", "it cannot save to its disk and takes nothing: see its log"},
    Meaning{"LOADING", "bus_loading", "it is still loading what it has saved"},
    Meaning{"MASTERDOWN", "bus_read_only", "it is a replica without its primary: bus.url must name the primary"},
    Meaning{"NOAUTH", "bus_refused", "it asks for a password: give one in bus.password_file"},
    Meaning{"WRONGPASS", "bus_refused", "it knows no such user with this password: see bus.url and bus.password_file"},
    Meaning{"NOPERM", "bus_refused", "its ACL does not allow what is needed: docs/operate/redis.md has the line"},
    Meaning{"WRONGTYPE", "bus_taken",
            "a key of ours holds something else: is bus.prefix also used by another program?"},
};

}  // namespace

void add_observations(Pipeline& pipeline, const std::string& stream, std::string_view payload) {
  pipeline.add({"XADD", stream, "*", payload_field, payload});
  pipeline.add({"XLEN", stream});
}

void add_numbered(Pipeline& pipeline, const Numbered& what, EntryId last, std::string_view payload) {
  const auto oldest = std::to_string(
      last.milliseconds > what.kept_milliseconds ? last.milliseconds - what.kept_milliseconds : std::uint64_t{0});
  const auto number = std::to_string(what.number);
  pipeline.add({"XADD", what.stream, "MINID", "~", oldest, "*", publisher_field, what.publisher, number_field, number,
                payload_field, payload});
}

void add_acknowledge(Pipeline& pipeline, const std::string& stream, EntryId through) {
  pipeline.add({"XGROUP", "SETID", stream, group, through.to_text()});
  pipeline.add({"XTRIM", stream, "MINID", "=", through.next().to_text()});
}

void add_claims(Pipeline& pipeline, const Keys& keys, std::uint32_t shards, std::string_view life) {
  pipeline.add({"SET", keys.shards(), std::to_string(shards), "NX", "GET"});
  pipeline.add({"SET", keys.life(), life, "NX", "GET"});
  add_watch(pipeline, keys);
}

void add_end(Pipeline& pipeline) {
  pipeline.add({"EXEC"});
}

void add_watch(Pipeline& pipeline, const Keys& keys) {
  pipeline.add({"WATCH", keys.life()});
  pipeline.add({"GET", keys.life()});
}

void add_questions(Pipeline& pipeline, const Keys& keys) {
  pipeline.add({"GET", keys.shards()});
  pipeline.add({"GET", keys.life()});
}

base::Result<void> check_shards(const Reply& answer, const Keys& keys, std::uint32_t shards) {
  if (!answer.is_text() || answer.text == std::to_string(shards)) return {};
  return base::fail("bus_shards", "the work is divided into " + base::printable(answer.text.substr(0, 20)) +
                                      " shards (key " + base::printable(keys.shards()) + "), and bus.shards is " +
                                      std::to_string(shards) +
                                      ": give every daemon the same number. To change it, stop them all once the "
                                      "streams are empty, and delete that key");
}

base::Error explain(const Reply& error, std::string_view where) {
  const auto prefix = "Redis at " + std::string(where) + ": ";
  for (const auto& [word, code, sentence] : meanings) {
    if (error.is_error(word)) return {std::string(code), prefix + std::string(sentence)};
  }
  return {"bus_failed", prefix + base::printable(error.text.substr(0, error_text_bytes))};
}

}  // namespace davylamp::redis
