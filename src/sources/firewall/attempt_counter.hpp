// Counts attempts by the hour, address, port, outcome, reason and user.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attempt.hpp"

namespace davylamp::firewall {

// Texts are copied when they are new.
struct Attempt {
  std::optional<model::Address> address;
  std::string_view protocol;
  std::optional<std::uint16_t> port;
  model::AttemptOutcome outcome = model::AttemptOutcome::refused;
  std::string_view why;
  std::string_view user;
};

// Bounded: of an hour, so many rows are kept apart; what comes beyond is counted without address, port and user, so
// that nothing vanishes. Row numbers are unique for the life of this object.
class AttemptCounter {
 public:
  struct Limits {
    std::size_t rows_per_hour = 20'000;
    std::size_t rows = 60'000;  // of all hours that are still open
    base::Seconds tell_every{3};
    base::Seconds close_after{120};  // an hour's rows are freed so long after its end, once they were told
  };
  AttemptCounter(std::string server, const Limits& limits) : server_(std::move(server)), limits_(limits) {}

  void count(const Attempt& attempt, base::Time at);
  // Rows that changed since they were told last, absolute; nothing when that was less than `tell_every` ago.
  std::vector<model::AttemptCount> take(base::Time now);
  // The same at once: at the end.
  std::vector<model::AttemptCount> take_all(base::Time now);
  // So many would be told: many wait after a long file was read.
  std::size_t waiting() const { return changed_.size(); }

  std::uint64_t counted() const { return counted_; }
  // Of those, the attempts that came when there was no room for another row.
  std::uint64_t beyond() const { return beyond_; }
  std::size_t rows() const { return rows_.size(); }

 private:
  using Hour = std::int64_t;
  struct Key {
    model::Address address;
    bool has_address = false;
    std::uint32_t port = 0;  // 65536: none
    std::uint32_t protocol = 0;
    std::uint32_t why = 0;
    std::uint32_t user = 0;
    model::AttemptOutcome outcome = model::AttemptOutcome::refused;
    Hour hour = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Row {
    std::uint64_t number = 0;
    std::uint64_t count = 0;
    base::Time first_at{};
    base::Time last_at{};
    bool changed = false;
  };
  // Small numbers for texts that repeat.
  struct Word {
    std::string text;
    std::uint32_t number = 0;
  };
  std::uint32_t word(std::string_view text, Word& latest);
  Key key_of(const Attempt& attempt, Hour hour);
  bool has_room(Hour hour);
  model::AttemptCount told(const Key& key, const Row& row) const;
  void close_hours(base::Time now);
  void tidy_words();

  std::string server_;
  Limits limits_;
  boost::unordered_flat_map<Key, Row, KeyHash> rows_;
  boost::unordered_flat_map<Hour, std::size_t> rows_of_hour_;
  std::vector<Key> changed_;
  boost::unordered_flat_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> words_;
  Word latest_protocol_;
  Word latest_why_;
  Word latest_user_;
  std::uint64_t next_number_ = 1;
  std::uint64_t counted_ = 0;
  std::uint64_t beyond_ = 0;
  base::Time told_at_{};
};

}  // namespace davylamp::firewall
