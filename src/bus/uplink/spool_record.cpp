#include "bus/uplink/spool_record.hpp"

#include <boost/crc.hpp>
#include <concepts>
#include <cstring>

namespace davylamp::uplink {
namespace {

constexpr std::string_view magic = "DAVYSPL1";
constexpr std::size_t frame_bytes = 8;  // length and checksum

// Little endian, whatever the host.
template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
}

template <std::unsigned_integral T>
std::optional<T> take(std::string_view& text) {
  if (text.size() < sizeof(T)) return std::nullopt;
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(text[i])) << (8 * i)));
  }
  text.remove_prefix(sizeof(T));
  return value;
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

std::optional<std::string_view> take_text(std::string_view& text) {
  const auto size = take<std::uint32_t>(text);
  if (!size || text.size() < *size) return std::nullopt;
  const auto found = text.substr(0, *size);
  text.remove_prefix(*size);
  return found;
}

std::uint32_t checksum(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

std::optional<SpoolRecord> parse(std::string_view body) {
  SpoolRecord record;
  const auto boot = take<std::uint64_t>(body);
  const auto sequence = take<std::uint64_t>(body);
  const auto node = take_text(body);
  const auto kind = take_text(body);
  const auto name = take_text(body);
  if (!boot || !sequence || !node || !kind || !name || !body.ends_with('\n')) return std::nullopt;
  return SpoolRecord{{std::string(*node), std::string(*kind), std::string(*name)}, *boot, *sequence, body};
}

}  // namespace

void append_header(std::string& out, const SegmentHeader& header) {
  std::string text(magic);
  put(text, header.life);
  put(text, checksum(text));
  out += text;
}

void append_record(std::string& out, const SpoolRecord& record) {
  const auto begin = out.size();
  out.append(frame_bytes, '\0');
  put(out, record.boot);
  put(out, record.sequence);
  put_text(out, record.source.node);
  put_text(out, record.source.kind);
  put_text(out, record.source.name);
  out += record.line;
  const auto body = std::string_view(out).substr(begin + frame_bytes);
  std::string frame;
  put(frame, static_cast<std::uint32_t>(body.size()));
  put(frame, checksum(body));
  out.replace(begin, frame_bytes, frame);
}

std::optional<SegmentReader> SegmentReader::open(std::string_view content) {
  if (content.size() < header_bytes || !content.starts_with(magic)) return std::nullopt;
  auto rest = content.substr(magic.size(), header_bytes - magic.size());
  SegmentReader reader(content);
  reader.header_.life = *take<std::uint64_t>(rest);
  if (*take<std::uint32_t>(rest) != checksum(content.substr(0, header_bytes - 4))) return std::nullopt;
  return reader;
}

std::optional<SpoolRecord> SegmentReader::next() {
  auto rest = content_.substr(std::min(offset_, content_.size()));
  if (rest.empty()) return std::nullopt;
  const auto size = take<std::uint32_t>(rest);
  const auto sum = take<std::uint32_t>(rest);
  std::optional<SpoolRecord> record;
  if (size && sum && rest.size() >= *size && checksum(rest.substr(0, *size)) == *sum)
    record = parse(rest.substr(0, *size));
  torn_ = !record;
  if (record) offset_ += frame_bytes + *size;
  return record;
}

}  // namespace davylamp::uplink
