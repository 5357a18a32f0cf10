// A spool's beginning, and its bound.
#include <algorithm>
#include <memory>
#include <ranges>
#include <utility>

#include "base/codec_read.hpp"
#include "base/result.hpp"
#include "bus/tidying.hpp"
#include "bus/uplink/protocol.hpp"
#include "bus/uplink/spool.hpp"

namespace davylamp::uplink {

void Spool::load() {
  const auto numbers = spool_files(options_.directory);
  lock_ = SpoolFile::lock(options_.directory + "/lock");
  for (const auto number : numbers) load(number);
  for (const auto& segment : segments_) life_ = std::max(life_, segment.life + 1);
  if (segments_.empty()) return;
  read_acknowledged();
  while (!segments_.empty() && is_acknowledged(segments_.front())) remove_front();
  rewind();
}

void Spool::load(std::uint64_t number) {
  const auto file = path(number);
  const auto content = read_spool_file(file);
  auto reader = SegmentReader::open(content);
  if (!reader) {
    ++stats_.torn;
    remove_spool_file(file);
    reading_ = number + 1;
    return;
  }
  Segment segment;
  segment.number = number;
  segment.life = reader->header().life;
  while (const auto record = reader->next()) count(segment, record->source, {record->boot, record->sequence});
  segment.bytes = reader->offset();
  if (reader->is_torn()) {
    ++stats_.torn;
    cut_spool_file(file, segment.bytes);
  }
  stats_.bytes += segment.bytes;
  segments_.push_back(std::move(segment));
}

void Spool::read_acknowledged() {
  std::string text;
  try {
    text = read_spool_file(options_.directory + "/acknowledged.json");
  } catch (const base::Failure&) {
    return;
  }
  const auto cursors = base::json::read<std::vector<model::Cursor>>(text);
  if (!cursors) return;
  for (const auto& [source, boot, sequence] : *cursors) acknowledged_[source] = {boot, sequence};
}

// Neither what is being given nor what is being written.
bool Spool::may_change(std::size_t index) const {
  return index + 1 < segments_.size() && (segments_[index].number != reading_ || offset_ == 0);
}

void Spool::make_room() {
  const auto wanted = options_.most_bytes - options_.most_bytes / 10;
  while (stats_.bytes > wanted && segments_.size() > 1) {
    bool changed = false;
    for (std::size_t i = 0; !changed && i < segments_.size(); ++i) {
      if (!may_change(i)) continue;
      const bool pair = may_change(i + 1) && segments_[i].tidied && segments_[i + 1].tidied &&
                        segments_[i].life == segments_[i + 1].life &&
                        segments_[i].bytes + segments_[i + 1].bytes <= segment_bytes_;
      if (!segments_[i].tidied || pair) changed = tidy(i, pair ? 2 : 1);
    }
    if (!changed) drop_oldest();
  }
}

// Makes one file of `count`, without what is old within them. False when that cannot be done.
bool Spool::tidy(std::size_t index, std::size_t count) {
  std::vector<Item> items;
  for (std::size_t i = index; i < index + count; ++i) {
    const auto content = read_spool_file(path(segments_[i].number));
    auto reader = SegmentReader::open(content);
    if (!reader) return false;
    while (const auto record = reader->next()) {
      if (is_acknowledged(record->source, {record->boot, record->sequence})) continue;
      auto message = read_from_collector(record->line.substr(0, record->line.size() - 1));
      auto* const observed = message ? std::get_if<Observed>(&*message) : nullptr;
      if (observed != nullptr)
        items.push_back(std::make_shared<const model::Observation>(std::move(observed->observation)));
    }
  }
  bus::Tidying tidying;
  std::vector<Item> kept;
  const auto all = std::move(items);
  for (const auto& item : std::views::reverse(all)) {
    if (auto left = tidying.keep(item)) kept.push_back(std::move(left));
  }
  std::ranges::reverse(kept);
  Segment merged;
  merged.number = segments_[index + count - 1].number;
  merged.life = segments_[index].life;
  merged.tidied = true;
  std::string text;
  append_header(text, {merged.life});
  std::uint64_t before = 0;
  for (std::size_t i = index; i < index + count; ++i) {
    before += segments_[i].bytes;
    stats_.waiting -= segments_[i].records;
  }
  for (const auto& item : kept) {
    std::string line;
    append_line(line, *item);
    append_record(text, {item->source, item->boot, item->sequence, line});
    this->count(merged, item->source, {item->boot, item->sequence});
  }
  merged.bytes = text.size();
  replace_spool_file(path(merged.number), text);
  for (std::size_t i = index; i + 1 < index + count; ++i) remove_spool_file(path(segments_[i].number));
  stats_.superseded += tidying.superseded();
  stats_.bytes = stats_.bytes - before + merged.bytes;
  cached_ = 0;
  const auto at = segments_.begin() + static_cast<std::ptrdiff_t>(index);
  segments_.erase(at, at + static_cast<std::ptrdiff_t>(count));
  segments_.insert(segments_.begin() + static_cast<std::ptrdiff_t>(index), std::move(merged));
  return true;
}

void Spool::drop_oldest() {
  const auto content = read_spool_file(path(segments_.front().number));
  if (auto reader = SegmentReader::open(content)) {
    while (const auto record = reader->next()) {
      if (is_acknowledged(record->source, {record->boot, record->sequence})) continue;
      const auto message = read_from_collector(record->line.substr(0, record->line.size() - 1));
      const auto* const observed = message ? std::get_if<Observed>(&*message) : nullptr;
      ++(observed != nullptr && bus::heals(observed->observation) ? stats_.dropped : stats_.lost);
    }
  }
  cached_ = 0;
  remove_front();
}

}  // namespace davylamp::uplink
