#include "api/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib's way to say "with a gzip header"

// True when `parameters` (";q=0.5") hold a weight of zero.
bool refused(std::string_view parameters) {
  for (const auto parameter : base::split(parameters, ';')) {
    const auto text = base::trim(parameter);
    if (!text.starts_with("q=") && !text.starts_with("Q=")) continue;
    return text.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

Bytef* bytes(std::string_view text) {
  // zlib's next_in is not const without ZLIB_CONST; it is only read.
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  for (const auto part : base::split(accept_encoding, ',')) {
    const auto item = base::trim(part);
    const auto end = std::min(item.find(';'), item.size());
    const auto coding = base::to_lower(base::trim(item.substr(0, end)));
    if (coding == "gzip" || coding == "x-gzip") return !refused(item.substr(end));
    if (coding == "*") any = !refused(item.substr(end));
  }
  return any;
}

bool is_compressible(std::string_view content_type) {
  const auto end = std::min(content_type.find(';'), content_type.size());
  const auto type = base::to_lower(base::trim(content_type.substr(0, end)));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("javascript") || type.ends_with("xml");
}

std::string gzip(std::string_view content, GzipEffort effort) {
  z_stream stream{};
  const int level = effort == GzipEffort::fast ? 3 : 9;
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw base::Failure("out_of_memory", "cannot compress an answer: zlib has no memory");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  std::string compressed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = bytes(content);
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = bytes(compressed);
  stream.avail_out = static_cast<uInt>(compressed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw base::Failure("compression", "cannot compress an answer");
  compressed.resize(stream.total_out);
  compressed.shrink_to_fit();
  return compressed;
}

std::string gunzip(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window_bits) != Z_OK) throw base::Failure("out_of_memory", "zlib has no memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  stream.next_in = bytes(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string content;
  int state = Z_OK;
  while (state == Z_OK) {
    std::string chunk(16 * 1024, '\0');
    stream.next_out = bytes(chunk);
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    content.append(chunk, 0, chunk.size() - stream.avail_out);
  }
  if (state != Z_STREAM_END || stream.avail_in != 0) throw base::Failure("compression", "this is not a gzip file");
  return content;
}

}  // namespace davylamp::api
