#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace davylamp::openvpn {

// Walks through text and stops at every separator and every line feed, in one pass over the bytes.
// The text must outlive the scanner.
class MarkScanner {
 public:
  MarkScanner(std::string_view text, char separator) : begin_(text.data()), size_(text.size()), separator_(separator) {
    load();
  }

  // The offset of the next separator or line feed; the size of the text when there is none left.
  std::size_t next() {
    while (marks_ == 0) {
      block_ += block_bytes;
      if (block_ >= size_) return size_;
      load();
    }
    const std::size_t offset = block_ + static_cast<std::size_t>(std::countr_zero(marks_));
    marks_ &= marks_ - 1;
    return offset;
  }

 private:
  static constexpr std::size_t block_bytes = 64;

  void load() {
    if (size_ - block_ >= block_bytes) {
      marks_ = find_marks(begin_ + block_);
      return;
    }
    std::array<char, block_bytes> padded{};
    const std::size_t left = size_ - block_;
    if (left != 0) std::memcpy(padded.data(), begin_ + block_, left);
    marks_ = find_marks(padded.data());
  }

  std::uint64_t find_marks(const char* block) const {
#if defined(__SSE2__)
    const __m128i line_feed = _mm_set1_epi8('\n');
    const __m128i separator = _mm_set1_epi8(separator_);
    std::uint64_t marks = 0;
    for (unsigned part = 0; part < 4; ++part) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + part * 16));
      const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, line_feed), _mm_cmpeq_epi8(bytes, separator));
      marks |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hits))) << (part * 16);
    }
    return marks;
#else
    std::uint64_t marks = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) {
      marks |= static_cast<std::uint64_t>(block[i] == '\n' || block[i] == separator_) << i;
    }
    return marks;
#endif
  }

  const char* begin_;
  std::size_t size_;
  char separator_;
  std::size_t block_ = 0;
  std::uint64_t marks_ = 0;
};

// One line and its fields, without line end. A line with more fields than fit keeps the first `capacity`.
struct LineFields {
  static constexpr std::size_t capacity = 512;  // status rows are cut at 511 bytes by OpenVPN

  std::string_view line;
  std::size_t count = 0;
  bool overflow = false;
  std::array<std::string_view, capacity> at;

  // The text from field `first` to field `last`, with the separators between them.
  std::string_view join(std::size_t first, std::size_t last) const {
    const char* begin = at[first].data();
    const char* end = at[last].data() + at[last].size();
    return {begin, static_cast<std::size_t>(end - begin)};
  }
};

// Splits text into lines and fields. A `\r` before the line feed is no part of the line; a last line without line
// feed is a line. No allocation.
class FieldScanner {
 public:
  FieldScanner(std::string_view text, char separator) : text_(text), marks_(text, separator) {}

  bool next(LineFields& fields) {
    if (at_ >= text_.size()) return false;
    MarkScanner marks = marks_;  // a copy that no store into `fields` can seem to change stays in registers
    const std::size_t line_start = at_;
    std::size_t field_start = at_;
    std::size_t count = 0;
    fields.overflow = false;
    for (;;) {
      const std::size_t mark = marks.next();
      const bool line_ends = mark == text_.size() || text_[mark] == '\n';
      std::size_t end = mark;
      if (line_ends && end > line_start && text_[end - 1] == '\r') --end;
      if (count < LineFields::capacity) {
        fields.at[count++] = {text_.data() + field_start, end < field_start ? 0 : end - field_start};
      } else {
        fields.overflow = true;
      }
      field_start = mark + 1;
      if (!line_ends) continue;
      fields.count = count;
      fields.line = {text_.data() + line_start, end - line_start};
      at_ = mark + 1;
      marks_ = marks;
      return true;
    }
  }

 private:
  std::string_view text_;
  MarkScanner marks_;
  std::size_t at_ = 0;
};

}  // namespace davylamp::openvpn
