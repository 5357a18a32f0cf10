// The uplink's lines: whatever comes, reading never throws; an observation that was read is written and read to the
// same; whatever is waiting may be tidied.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bus/outbox.hpp"
#include "bus/uplink/protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace uplink = davylamp::uplink;
  namespace bus = davylamp::bus;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  bus::Outbox outbox({.most = 8, .tidy_from = 4});
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    static_cast<void>(uplink::read_from_daemon(line));
    const auto message = uplink::read_from_collector(line);
    const auto* observed = message ? std::get_if<uplink::Observed>(&*message) : nullptr;
    if (observed == nullptr) continue;
    std::string written;
    uplink::append_line(written, observed->observation);
    const auto again = uplink::read_from_collector(std::string_view(written).substr(0, written.size() - 1));
    if (!again) std::abort();
    std::string twice;
    uplink::append_line(twice, std::get<uplink::Observed>(*again).observation);
    if (twice != written) std::abort();
    outbox.add(observed->observation);
  }
  const auto stats = outbox.stats();
  if (stats.waiting > stats.published) std::abort();
  return 0;
}
