// What Redis says: whatever comes, reading never does more than throw Failure; what was read of an entry is written and
// read to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/result.hpp"
#include "bus/redis/address.hpp"
#include "bus/redis/entry.hpp"
#include "bus/redis/reply.hpp"

namespace redis = davylamp::redis;

namespace {

void read_payload(std::string_view text) {
  static_cast<void>(redis::read_changes(text));
  static_cast<void>(redis::read_command(text));
  const auto observations = redis::read_observations(text);
  if (!observations || observations->empty()) return;
  redis::ObservationText written;
  for (const auto& observation : *observations) written.add(observation);
  const auto once = written.take();
  const auto again = redis::read_observations(once);
  if (!again || again->size() != observations->size()) std::abort();
  redis::ObservationText twice;
  for (const auto& observation : *again) twice.add(observation);
  if (twice.take() != once) std::abort();
}

void read_replies(std::string_view text) {
  redis::ReplyReader reader({.most_bytes = 65'536, .most_items = 1'000});
  try {
    while (!text.empty()) {
      const auto part = text.substr(0, 7);
      reader.feed(part);
      text.remove_prefix(part.size());
      while (auto reply = reader.next()) {
        auto streams = redis::read_streams(std::move(*reply));
        if (!streams) continue;
        for (const auto& stream : *streams) {
          for (const auto& entry : stream.entries) read_payload(entry.text);
        }
      }
    }
  } catch (const davylamp::base::Failure&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static_cast<void>(redis::Address::parse(text));
  static_cast<void>(redis::EntryId::parse(text));
  read_payload(text);
  read_replies(text);
  return 0;
}
