// Which commands are sent to Redis and what its answers mean. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "bus/redis/entry.hpp"
#include "bus/redis/reply.hpp"

namespace davylamp::redis {

// The consumer group of each shard's stream: how far its holder has committed.
inline constexpr std::string_view group = "process";
// Entries of observations that wait in one shard: then publishers wait too.
inline constexpr std::int64_t most_entries = 1'000'000;
// How long changes and commands are kept for readers that are slow or late.
inline constexpr std::uint64_t changes_kept_milliseconds = 10'000;
inline constexpr std::uint64_t commands_kept_milliseconds = 60'000;

struct Keys {
  std::string prefix;
  std::string observations(std::uint32_t shard) const { return prefix + ":observations:" + std::to_string(shard); }
  std::string changes() const { return prefix + ":changes"; }
  std::string commands() const { return prefix + ":commands"; }
  std::string shards() const { return prefix + ":shards"; }
  std::string life() const { return prefix + ":life"; }
  std::string bucket(std::string_view key) const { return prefix + ":bucket:" + std::string(key); }
};

// Commands that are sent as one, each with one answer.
class Pipeline {
 public:
  void add(const std::vector<std::string_view>& words) {
    append_command(text_, words);
    ++count_;
  }
  void add(const Pipeline& more) {
    text_ += more.text_;
    count_ += more.count_;
  }
  const std::string& text() const { return text_; }
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// One entry of observations, and how many then wait: two answers.
void add_observations(Pipeline& pipeline, const std::string& stream, std::string_view payload);

// One entry of changes or commands; what is older than `kept_milliseconds` is trimmed. `last` is the newest entry that
// is known of.
struct Numbered {
  std::string_view stream;
  std::string_view publisher;
  std::uint64_t number = 0;
  std::uint64_t kept_milliseconds = 0;
};
void add_numbered(Pipeline& pipeline, const Numbered& what, EntryId last, std::string_view payload);

// What the holder of a shard has committed: two answers, of which the first may be an error.
void add_acknowledge(Pipeline& pipeline, const std::string& stream, EntryId through);

// What a connection that writes begins with, and begins again with when the life is another one. Sets the number of
// shards and the life of what is stored, where they are absent: two answers, and those of add_watch(). `life` is a new
// random word.
void add_claims(Pipeline& pipeline, const Keys& keys, std::uint32_t shards, std::string_view life);
// Ends what is sent as one: it is done whole or not at all, and not at all when the life has changed since it was
// watched. MULTI was the first command.
void add_end(Pipeline& pipeline);
// Watches the life and asks for it: two answers.
void add_watch(Pipeline& pipeline, const Keys& keys);
// Without setting them, for readers.
void add_questions(Pipeline& pipeline, const Keys& keys);
// Of the answer to the first of them. The error is "bus_shards".
base::Result<void> check_shards(const Reply& answer, const Keys& keys, std::uint32_t shards);

// What an error of Redis means for people: what to do about it. `where`: Address::to_text().
base::Error explain(const Reply& error, std::string_view where);

}  // namespace davylamp::redis
