// What the entries of the streams hold: JSON, by the codec. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "bus/redis/reply.hpp"
#include "contract/bus.hpp"
#include "model/ledger.hpp"

namespace davylamp::redis {

// The place of an entry in its stream, "1700000000000-3": Redis's time in milliseconds and a number.
struct EntryId {
  std::uint64_t milliseconds = 0;
  std::uint64_t number = 0;
  auto operator<=>(const EntryId&) const = default;
  static std::optional<EntryId> parse(std::string_view text);
  std::string to_text() const;
  EntryId next() const { return {milliseconds, number + 1}; }
};

// One entry as it came: `text` is the payload. `publisher` and `number` are empty in observations.
struct Entry {
  EntryId id;
  std::string publisher;
  std::uint64_t number = 0;
  std::string text;
};

// The field that holds the payload, and those that say who published and how many before.
inline constexpr std::string_view payload_field = "d";
inline constexpr std::string_view publisher_field = "p";
inline constexpr std::string_view number_field = "n";

// One stream of the answer to XREAD. Entries that are not ours have no text.
struct StreamEntries {
  std::string stream;
  std::vector<Entry> entries;
};
// Takes the texts out of `reply`. Nothing came: an empty list. The error says what the answer is instead.
base::Result<std::vector<StreamEntries>> read_streams(Reply reply);

// Gathers observations into one payload: those that follow one another from one source share what they share.
class ObservationText {
 public:
  void add(const model::Observation& observation);
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  // The whole payload; empty from now on. For each source (and boot) the last that was added is in cursors().
  std::string take();
  const std::vector<model::Cursor>& cursors() const { return cursors_; }

 private:
  std::string text_;
  std::vector<model::Cursor> cursors_;
};

base::Result<std::vector<model::Observation>> read_observations(std::string_view text);
std::string write_changes(const std::vector<model::Change>& changes);
base::Result<std::vector<model::Change>> read_changes(std::string_view text);
std::string write_command(const model::Command& command);
base::Result<model::Command> read_command(std::string_view text);

}  // namespace davylamp::redis
