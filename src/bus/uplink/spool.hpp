// What a collector could not deliver, on disk: it survives outages that are longer than its memory, and its own end.
//
// Files of a few megabytes in a folder, each of one life of the collector. Written at most half a second after it was
// seen and synced at once (fdatasync); a file that was torn by a crash is cut where it is torn, which is counted. When
// they grow beyond the bound the oldest are tidied: counters that a later report in the same file makes old go, which
// loses no byte, only how they were spread over the time; when that is not enough the oldest file goes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/outbox.hpp"
#include "bus/uplink/spool_file.hpp"
#include "bus/uplink/spool_record.hpp"
#include "model/ledger.hpp"

namespace davylamp::uplink {

// Calls block on the disk. One thread at a time.
class Spool {
 public:
  using Item = bus::Outbox::Item;
  struct Options {
    std::string directory;
    std::uint64_t most_bytes = 268'435'456;
  };
  struct Stats {
    std::uint64_t waiting = 0;     // observations in the files
    std::uint64_t bytes = 0;       // of the files
    std::uint64_t superseded = 0;  // observations that later ones made old
    std::uint64_t dropped = 0;     // observations that heal, gone with a file
    std::uint64_t lost = 0;        // observations that do not
    std::uint64_t torn = 0;        // files that ended in the middle of a record, or could not be read at all
  };

  // Takes over what an earlier life left. Throws Failure "spool" when the folder cannot be used, or another program
  // uses it.
  explicit Spool(Options options);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // In the order they were seen. They are on the disk when this returns; throws Failure "spool" when they are not.
  void append(const std::vector<Item>& items);

  enum class State {
    more,       // there may be more
    own_life,   // what follows is of this life, from here on; told once after each rewind()
    held_back,  // a later life's turn comes when everything of the one before is acknowledged
    end         // everything was given
  };
  struct Piece {
    std::string text;  // lines of the protocol
    State state = State::more;
  };
  // What was not given since the last rewind() and is not acknowledged, in order. `impatient`: nothing is held back.
  Piece take(std::size_t bytes, bool impatient);
  void rewind();
  // From now on this life's observations have that boot: it comes after all that were heard of.
  void begin_boot(std::uint64_t boot);
  // Files that hold nothing else are removed. An earlier boot of a source is done with when a later one is heard of; a
  // boot that is not known here says nothing.
  void acknowledge(const std::vector<model::Cursor>& cursors);
  bool empty() const { return segments_.empty(); }
  Stats stats() const;

 private:
  struct Last {
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
  };
  struct Segment {
    std::uint64_t number = 0;
    std::uint64_t life = 0;
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::map<model::SourceId, Last> last;  // that it holds of each source
    bool tidied = false;
  };
  std::string path(std::uint64_t number) const;
  void load();
  void load(std::uint64_t number);
  void read_acknowledged();
  void keep_acknowledged();
  void count(Segment& segment, const model::SourceId& source, Last last);
  bool is_acknowledged(const model::SourceId& source, const Last& last) const;
  bool is_acknowledged(const Segment& segment) const;
  void remove_front();
  void open_segment();
  void write(std::string_view text, const std::vector<SpoolRecord>& records);
  bool take_from(const Segment& segment, Piece& piece, std::size_t bytes);
  void make_room();
  bool tidy(std::size_t index, std::size_t count);
  void drop_oldest();
  bool may_change(std::size_t index) const;

  Options options_;
  std::uint64_t segment_bytes_;
  std::uint64_t life_ = 1;
  std::deque<Segment> segments_;
  SpoolFile lock_;
  SpoolFile current_;  // the last segment's, while it is appended to
  std::map<model::SourceId, Last> acknowledged_;
  std::map<std::uint64_t, std::uint64_t> boots_;  // which place each has in their order
  // How far it was given: the segment's number, and the offset in it.
  std::uint64_t reading_ = 0;
  std::size_t offset_ = 0;
  bool told_own_life_ = false;
  std::uint64_t cached_ = 0;  // whose content is in cache_
  std::string cache_;
  Stats stats_;
};

}  // namespace davylamp::uplink
