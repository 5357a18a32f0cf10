// What a spool's files hold: a header, then records, each with a checksum. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/observation.hpp"

namespace davylamp::uplink {

// A file is of one life of the collector: of one start of the program.
struct SegmentHeader {
  std::uint64_t life = 0;
};
void append_header(std::string& out, const SegmentHeader& header);
inline constexpr std::size_t header_bytes = 20;

struct SpoolRecord {
  model::SourceId source;
  std::uint64_t boot = 0;
  std::uint64_t sequence = 0;
  std::string_view line;  // of the protocol, its end included
};
void append_record(std::string& out, const SpoolRecord& record);

// Reads one file's content.
class SegmentReader {
 public:
  // `content` must live on. Nothing when it is no such file.
  static std::optional<SegmentReader> open(std::string_view content);
  const SegmentHeader& header() const { return header_; }
  // Nothing at the end, or at what is torn. The line is valid as long as the content.
  std::optional<SpoolRecord> next();
  // Behind the last record that was whole.
  std::size_t offset() const { return offset_; }
  void seek(std::size_t offset) { offset_ = offset; }
  bool is_torn() const { return torn_; }

 private:
  explicit SegmentReader(std::string_view content) : content_(content), offset_(header_bytes) {}

  std::string_view content_;
  SegmentHeader header_;
  std::size_t offset_;
  bool torn_ = false;
};

}  // namespace davylamp::uplink
