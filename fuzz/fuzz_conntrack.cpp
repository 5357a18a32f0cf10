// Connection tracking: whatever the bytes, a recording is read to its end, what is told of an entry lies inside the
// message, and every text becomes valid JSON lines.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include "app/decode/decode_conntrack.hpp"
#include "base/text.hpp"
#include "witness/conntrack/ctnetlink.hpp"
#include "witness/conntrack/service_ports.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_inside(std::span<const std::byte> bytes, const void* begin, std::size_t size) {
  if (size == 0) return;
  const std::less_equal<const void*> not_after;
  require(not_after(bytes.data(), begin));
  require(not_after(static_cast<const std::byte*>(begin) + size, bytes.data() + bytes.size()));
}

void check_recording(std::span<const std::byte> bytes) {
  const conntrack::ServicePorts ports({{1194}, {443}, {}}, {});
  conntrack::Message message;
  auto rest = bytes;
  for (auto left = rest.size(); next_message(rest, message); left = rest.size()) {
    require(rest.size() < left);
    require(message.error >= 0);
    const auto& entry = message.entry;
    require_inside(bytes, entry.helper.data(), entry.helper.size());
    require_inside(bytes, entry.security_context.data(), entry.security_context.size());
    require_inside(bytes, entry.labels.data(), entry.labels.size());
    if (const auto side = ports.side_of(entry)) require(side->service_port == 1194 || side->service_port == 443);
  }
  require(rest.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  check_recording(std::as_bytes(std::span(bytes, size)));
  std::ostringstream out;
  app::JsonLines lines(out);
  app::decode_conntrack({reinterpret_cast<const char*>(bytes), size}, lines);
  const auto text = out.str();
  require(base::is_utf8(text));
  require(text.find("\"kind\":\"summary\"") != std::string::npos);
  for (const char c : text) require(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  return 0;
}
