#include "bus/outbox.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "bus/tidying.hpp"

namespace davylamp::bus {

void Outbox::add(model::Observation observation) {
  ++stats_.published;
  auto item = std::make_shared<const model::Observation>(std::move(observation));
  if (stands(*item)) standing_[{item->source, item->fact.index()}] = item;
  const auto weight = weight_of(*item);
  entries_.push_back({++last_number_, weight, std::move(item)});
  weight_ += weight;
  if (weight_ > tidy_at_) tidy();
}

std::deque<Outbox::Entry>::const_iterator Outbox::next() const {
  return std::ranges::upper_bound(entries_, given_, {}, &Entry::number);
}

bool Outbox::has_more() const {
  return !again_.empty() || next() != entries_.end();
}

std::size_t Outbox::untaken() const {
  return again_.size() + static_cast<std::size_t>(entries_.end() - next());
}

std::vector<Outbox::Item> Outbox::take(std::size_t weight) {
  auto batch = std::exchange(again_, {});
  std::size_t taken = 0;
  for (auto entry = next(); entry != entries_.end() && taken < weight; ++entry) {
    batch.push_back(entry->item);
    taken += entry->weight;
    given_ = entry->number;
  }
  return batch;
}

void Outbox::rewind() {
  given_ = 0;
  again_.clear();
  for (const auto& [key, item] : standing_) {
    if (is_stored(*item)) again_.push_back(item);
  }
}

bool Outbox::is_stored(const model::Observation& observation) const {
  const auto found = stored_.find(observation.source);
  return found != stored_.end() && found->second.boot == observation.boot &&
         observation.sequence <= found->second.sequence;
}

void Outbox::acknowledge(const std::vector<model::Cursor>& cursors) {
  for (const auto& [source, boot, sequence] : cursors) {
    auto& stored = stored_[source];
    stored = {boot, stored.boot == boot ? std::max(stored.sequence, sequence) : sequence};
  }
  while (!entries_.empty() && is_stored(*entries_.front().item)) {
    weight_ -= entries_.front().weight;
    entries_.pop_front();
  }
}

Outbox::Copy Outbox::copy() const {
  Copy copy;
  copy.items.reserve(entries_.size());
  for (const auto& entry : entries_) copy.items.push_back(entry.item);
  copy.last = entries_.empty() ? 0 : entries_.back().number;
  return copy;
}

void Outbox::forget(const Copy& copy) {
  while (!entries_.empty() && entries_.front().number <= copy.last) {
    weight_ -= entries_.front().weight;
    entries_.pop_front();
  }
}

Outbox::Stats Outbox::stats() const {
  auto stats = stats_;
  stats.waiting = entries_.size();
  return stats;
}

void Outbox::tidy() {
  std::erase_if(entries_, [this](const Entry& entry) { return is_stored(*entry.item); });
  Tidying tidying;
  for (auto& entry : std::views::reverse(entries_)) {
    entry.item = tidying.keep(entry.item);
    entry.weight = entry.item ? weight_of(*entry.item) : 0;
  }
  std::erase_if(entries_, [](const Entry& entry) { return !entry.item; });
  stats_.superseded += tidying.superseded();
  weight_ = 0;
  for (const auto& entry : entries_) weight_ += entry.weight;
  // Room for a tenth, so that not every observation that follows has to look for some.
  if (weight_ > limits_.most) drop_down_to(limits_.most - limits_.most / 10);
  tidy_at_ = std::min(std::max(limits_.tidy_from, weight_ * 2), std::max(limits_.most, limits_.tidy_from));
}

void Outbox::drop_down_to(std::size_t weight) {
  const auto drop = [&](auto may_go, std::uint64_t& count) {
    std::erase_if(entries_, [&](const Entry& entry) {
      if (weight_ <= weight || !may_go(*entry.item)) return false;
      weight_ -= entry.weight;
      ++count;
      return true;
    });
  };
  drop(heals, stats_.dropped);
  drop([](const model::Observation&) { return true; }, stats_.lost);
}

}  // namespace davylamp::bus
