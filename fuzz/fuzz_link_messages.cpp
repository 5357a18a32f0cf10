// What the kernel says of network devices, cut off and damaged: every device that is told has a number and a name.
#include <cstdint>
#include <cstdlib>

#include "witness/ebpf/link_messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp;
  const auto messages = ebpf::parse_link_messages(std::as_bytes(std::span(bytes, size)));
  for (const auto& link : messages.links) {
    if (link.index <= 0 || link.name.empty() || link.name.find('\0') != std::string::npos) std::abort();
  }
  return 0;
}
