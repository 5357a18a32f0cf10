#include "sources/firewall/attempt_counter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::uint32_t no_port = 65'536;
constexpr base::Seconds hour_length{3600};
constexpr std::size_t longest_text = 256;
constexpr std::size_t most_words = 65'536;
constexpr std::size_t words_worth_tidying = 256;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  a = (a ^ b) * 0x9E3779B97F4A7C15ULL;
  return a ^ (a >> 32U);
}

}  // namespace

std::size_t AttemptCounter::KeyHash::operator()(const Key& key) const {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, key.address.bytes().data(), sizeof high);
  std::memcpy(&low, key.address.bytes().data() + sizeof high, sizeof low);
  auto hash = mix(high, low);
  hash = mix(hash, std::uint64_t{key.port} << 32U | key.user);
  hash = mix(hash, std::uint64_t{key.protocol} << 32U | key.why);
  return mix(hash, static_cast<std::uint64_t>(key.hour) * 8 + static_cast<std::uint64_t>(key.outcome) * 2 +
                       (key.has_address ? 1 : 0));
}

std::uint32_t AttemptCounter::word(std::string_view text, Word& latest) {
  if (latest.number < words_.size() && latest.text == text) return latest.number;
  if (words_.empty()) words_.emplace_back();
  if (text.empty() || (words_.size() >= most_words && !numbers_.contains(std::string(text.substr(0, longest_text)))))
    return 0;
  const std::string kept(text.substr(0, longest_text));
  const auto [found, fresh] = numbers_.try_emplace(kept, static_cast<std::uint32_t>(words_.size()));
  if (fresh) words_.push_back(kept);
  latest = {std::string(text), found->second};
  return found->second;
}

AttemptCounter::Key AttemptCounter::key_of(const Attempt& attempt, Hour hour) {
  Key key;
  key.address = attempt.address.value_or(model::Address{});
  key.has_address = attempt.address.has_value();
  key.port = attempt.port ? *attempt.port : no_port;
  key.protocol = word(attempt.protocol, latest_protocol_);
  key.why = word(attempt.why, latest_why_);
  key.user = word(attempt.user, latest_user_);
  key.outcome = attempt.outcome;
  key.hour = hour;
  return key;
}

bool AttemptCounter::has_room(Hour hour) {
  return rows_.size() < limits_.rows && rows_of_hour_[hour] < limits_.rows_per_hour;
}

void AttemptCounter::count(const Attempt& attempt, base::Time at) {
  ++counted_;
  const auto hour = base::to_unix_seconds(base::floor_to(at, hour_length));
  auto key = key_of(attempt, hour);
  auto found = rows_.find(key);
  if (found == rows_.end() && !has_room(hour)) {
    // One for each outcome and protocol: reasons may be as many as there are addresses.
    key = key_of({{}, attempt.protocol, {}, attempt.outcome, "", ""}, hour);
    found = rows_.find(key);
    ++beyond_;
  }
  if (found == rows_.end()) {
    found = rows_.emplace(key, Row{next_number_++, 0, at, at, false}).first;
    ++rows_of_hour_[hour];
  }
  auto& row = found->second;
  ++row.count;
  row.first_at = std::min(row.first_at, at);
  row.last_at = std::max(row.last_at, at);
  if (!std::exchange(row.changed, true)) changed_.push_back(key);
}

std::vector<model::AttemptCount> AttemptCounter::take(base::Time now) {
  if (now - told_at_ < limits_.tell_every && now >= told_at_) return {};
  return take_all(now);
}

std::vector<model::AttemptCount> AttemptCounter::take_all(base::Time now) {
  told_at_ = now;
  std::vector<model::AttemptCount> rows;
  rows.reserve(changed_.size());
  for (const auto& key : changed_) {
    auto& row = rows_.at(key);
    row.changed = false;
    rows.push_back(told(key, row));
  }
  changed_.clear();
  close_hours(now);
  return rows;
}

model::AttemptCount AttemptCounter::told(const Key& key, const Row& row) const {
  model::AttemptCount attempt;
  attempt.number = row.number;
  attempt.hour_at = base::from_unix_seconds(key.hour);
  if (key.has_address) attempt.address = key.address;
  attempt.protocol = words_[key.protocol];
  if (key.port != no_port) attempt.port = static_cast<std::uint16_t>(key.port);
  attempt.outcome = key.outcome;
  attempt.why = base::to_utf8(words_[key.why]);
  attempt.user = base::to_utf8(words_[key.user]);
  attempt.server = server_;
  attempt.count = row.count;
  attempt.first_at = row.first_at;
  attempt.last_at = row.last_at;
  return attempt;
}

// All rows were told just now. A line of a closed hour begins a new row, which the store adds to the old one.
void AttemptCounter::close_hours(base::Time now) {
  const auto oldest = base::to_unix_seconds(base::floor_to(now - limits_.close_after, hour_length));
  erase_if(rows_of_hour_, [oldest](const auto& entry) { return entry.first < oldest; });
  const bool closed = erase_if(rows_, [oldest](const auto& entry) { return entry.first.hour < oldest; }) > 0;
  if (closed && words_.size() > words_worth_tidying) tidy_words();
}

// Gives the words of the rows that stay numbers anew, and forgets all others.
void AttemptCounter::tidy_words() {
  const auto words = std::exchange(words_, {});
  const auto rows = std::exchange(rows_, {});
  numbers_.clear();
  latest_protocol_ = latest_why_ = latest_user_ = {};
  for (const auto& [old, row] : rows) {
    auto key = old;
    key.protocol = word(words[old.protocol], latest_protocol_);
    key.why = word(words[old.why], latest_why_);
    key.user = word(words[old.user], latest_user_);
    rows_.emplace(key, row);
  }
}

}  // namespace davylamp::firewall
