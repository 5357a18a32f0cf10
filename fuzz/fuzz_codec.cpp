// The codec: whatever text comes, reading never throws, and what was read is written and read to the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/codec_read.hpp"
#include "model/change.hpp"
#include "model/observation.hpp"

namespace {

template <class T>
void round_trip(std::string_view text) {
  using namespace davylamp::base;
  const auto first = json::read<T>(text);
  if (!first) return;
  const auto written = json::write(*first);
  const auto second = json::read<T>(written);
  if (!second || json::write(*second) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  round_trip<davylamp::model::Observation>(text);
  round_trip<davylamp::model::Change>(text);
  round_trip<davylamp::model::Session>(text);
  return 0;
}
