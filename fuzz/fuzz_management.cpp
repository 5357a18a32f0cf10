// The management stream: the same messages come out however the bytes are cut into chunks, and what stands behind
// `password=` in an environment line never comes out.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sources/openvpn/management_decoder.hpp"
#include "sources/openvpn/testing/message_text.hpp"

namespace {

using namespace davylamp::openvpn;

std::string decode(std::string_view bytes, std::uint32_t seed) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  std::uint32_t state = seed;
  while (!bytes.empty()) {
    std::size_t length = bytes.size();
    if (seed != 0) {
      state = state * 1664525U + 1013904223U;
      length = std::min<std::size_t>(bytes.size(), 1 + (state >> 24) % (seed == 1 ? 1 : 40));
    }
    decoder.feed(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  decoder.finish();
  return sink.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::string whole = decode(text, 0);
  if (decode(text, 1) != whole || decode(text, 7) != whole) std::abort();
  const std::string secret = "do-not-tell";
  std::string stream(text);
  stream += "\n>CLIENT:ENV,END\n>CLIENT:CONNECT,1,1\n>CLIENT:ENV,password=" + secret + "\n>CLIENT:ENV,END\n";
  if (text.find(secret) == std::string_view::npos && decode(stream, 3).find(secret) != std::string::npos) std::abort();
  return 0;
}
