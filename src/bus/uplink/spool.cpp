#include "bus/uplink/spool.hpp"

#include <algorithm>
#include <utility>

#include "base/codec.hpp"
#include "bus/uplink/protocol.hpp"

namespace davylamp::uplink {

Spool::Spool(Options options)
    : options_(std::move(options)),
      segment_bytes_(std::clamp<std::uint64_t>(options_.most_bytes / 16, 16'384, 4'194'304)) {
  load();
}

Spool::~Spool() = default;

std::string Spool::path(std::uint64_t number) const {
  return options_.directory + "/" + std::to_string(number) + ".spool";
}

void Spool::count(Segment& segment, const model::SourceId& source, Last last) {
  begin_boot(last.boot);
  segment.last[source] = last;
  ++segment.records;
  ++stats_.waiting;
}

void Spool::begin_boot(std::uint64_t boot) {
  if (!boots_.contains(boot)) boots_.emplace(boot, boots_.size());
}

void Spool::append(const std::vector<Item>& items) {
  std::string text;
  std::string line;
  std::vector<SpoolRecord> records;
  for (const auto& item : items) {
    line.clear();
    append_line(line, *item);
    records.push_back({item->source, item->boot, item->sequence, {}});
    append_record(text, {item->source, item->boot, item->sequence, line});
    if (text.size() < segment_bytes_) continue;
    write(text, records);
    text.clear();
    records.clear();
  }
  if (!records.empty()) write(text, records);
  if (stats_.bytes > options_.most_bytes) make_room();
}

void Spool::write(std::string_view text, const std::vector<SpoolRecord>& records) {
  const bool full = !segments_.empty() && segments_.back().bytes + text.size() > segment_bytes_;
  if (!current_.is_open() || full) open_segment();
  auto& segment = segments_.back();
  current_.append(text, segment.bytes);
  segment.bytes += text.size();
  stats_.bytes += text.size();
  for (const auto& record : records) count(segment, record.source, {record.boot, record.sequence});
}

void Spool::open_segment() {
  const auto number = segments_.empty() ? std::max<std::uint64_t>(reading_, 1) : segments_.back().number + 1;
  std::string header;
  append_header(header, {life_});
  remove_spool_file(path(number));
  current_ = SpoolFile::create(path(number));
  current_.append(header, 0);
  Segment segment;
  segment.number = number;
  segment.life = life_;
  segment.bytes = header.size();
  stats_.bytes += header.size();
  segments_.push_back(std::move(segment));
}

void Spool::rewind() {
  reading_ = segments_.empty() ? reading_ : segments_.front().number;
  offset_ = 0;
  told_own_life_ = false;
}

Spool::Piece Spool::take(std::size_t bytes, bool impatient) {
  Piece piece;
  const bool former = !segments_.empty() && segments_.front().life != life_;
  for (const auto& segment : segments_) {
    if (segment.number < reading_) continue;
    if (segment.number > reading_) {
      reading_ = segment.number;
      offset_ = 0;
    }
    const auto& first = segments_.front();
    // Of one life at a time: whoever takes it could not tell what comes again from what is new otherwise.
    if (offset_ == 0 && segment.life != first.life && !impatient) {
      piece.state = State::held_back;
      return piece;
    }
    if (segment.life == life_ && !std::exchange(told_own_life_, true)) {
      piece.state = State::own_life;
      return piece;
    }
    if (take_from(segment, piece, bytes)) return piece;
  }
  piece.state = !piece.text.empty() ? State::more : former && !impatient ? State::held_back : State::end;
  if (piece.state == State::end && !std::exchange(told_own_life_, true)) piece.state = State::own_life;
  return piece;
}

// True when there is enough of it, or when what follows is another life's.
bool Spool::take_from(const Segment& segment, Piece& piece, std::size_t bytes) {
  if (cached_ != segment.number || cache_.size() < segment.bytes) {
    cache_ = read_spool_file(path(segment.number));
    cache_.resize(std::min<std::size_t>(cache_.size(), segment.bytes));
    cached_ = segment.number;
  }
  auto reader = SegmentReader::open(cache_);
  if (!reader) return false;
  if (offset_ != 0) reader->seek(offset_);
  while (piece.text.size() < bytes) {
    const auto record = reader->next();
    offset_ = reader->offset();
    if (!record) break;
    if (!is_acknowledged(record->source, {record->boot, record->sequence})) piece.text += record->line;
  }
  if (piece.text.size() >= bytes) return true;
  if (segment.number != segments_.back().number) cache_ = {};
  const auto next = std::ranges::upper_bound(segments_, segment.number, {}, &Segment::number);
  return !piece.text.empty() && next != segments_.end() && next->life != segment.life;
}

bool Spool::is_acknowledged(const model::SourceId& source, const Last& last) const {
  const auto found = acknowledged_.find(source);
  if (found == acknowledged_.end()) return false;
  if (found->second.boot == last.boot) return last.sequence <= found->second.sequence;
  const auto done = boots_.find(found->second.boot);
  const auto mine = boots_.find(last.boot);
  return done != boots_.end() && mine != boots_.end() && mine->second < done->second;
}

bool Spool::is_acknowledged(const Segment& segment) const {
  return std::ranges::all_of(segment.last,
                             [this](const auto& entry) { return is_acknowledged(entry.first, entry.second); });
}

void Spool::acknowledge(const std::vector<model::Cursor>& cursors) {
  if (segments_.empty()) return;
  for (const auto& [source, boot, sequence] : cursors) {
    const auto mine = boots_.find(boot);
    if (mine == boots_.end()) continue;
    auto& known = acknowledged_[source];
    if (known.boot == boot) {
      known.sequence = std::max(known.sequence, sequence);
      continue;
    }
    const auto theirs = boots_.find(known.boot);
    if (theirs == boots_.end() || theirs->second < mine->second) known = {boot, sequence};
  }
  while (!segments_.empty() && is_acknowledged(segments_.front())) remove_front();
  keep_acknowledged();
}

void Spool::remove_front() {
  auto& front = segments_.front();
  if (segments_.size() == 1) {
    current_ = {};
    reading_ = std::max(reading_, front.number + 1);
    offset_ = 0;
  }
  remove_spool_file(path(front.number));
  stats_.waiting -= front.records;
  stats_.bytes -= front.bytes;
  segments_.pop_front();
}

Spool::Stats Spool::stats() const {
  return stats_;
}

void Spool::keep_acknowledged() {
  const auto file = options_.directory + "/acknowledged.json";
  if (segments_.empty()) {
    acknowledged_.clear();
    boots_.clear();
    remove_spool_file(file);
    return;
  }
  std::vector<model::Cursor> cursors;
  cursors.reserve(acknowledged_.size());
  for (const auto& [source, last] : acknowledged_) cursors.push_back({source, last.boot, last.sequence});
  replace_spool_file(file, base::json::write(cursors));
}

}  // namespace davylamp::uplink
