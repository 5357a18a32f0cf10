#include "sources/openvpn/hook_inbox.hpp"

#include <string_view>

#include "sources/openvpn/hook_message.hpp"

namespace davylamp::openvpn {
namespace {

// A client that another rule keeps out (`disable` in its file, a plugin) passes our connect hook, and its disconnect
// hook follows at once. It moved no more than its handshake.
constexpr std::int64_t refused_within_ms = 100;
constexpr std::uint64_t most_handshake_bytes = 16'384;

constexpr std::string_view beginning = "davylamp1\t";

// A line whose writer ran out of space stands in front of the next one. Tabs are escaped in values, so that this can be
// nothing but the beginning of a message.
std::span<char> last_beginning(std::span<char> line) {
  const auto at = std::string_view(line.data(), line.size()).rfind(beginning);
  return at == std::string_view::npos ? line : line.subspan(at);
}

}  // namespace

void HookInbox::take(std::span<char> line, Origin origin) {
  if (line.empty()) {
    ++(origin == Origin::datagram ? stats_.undecodable : stats_.spool_dropped);
    return;
  }
  const auto rest = last_beginning(line);
  if (rest.size() != line.size()) ++stats_.undecodable;
  if (!seen_.insert(std::hash<std::string_view>{}({rest.data(), rest.size()}), {})) return;
  if (const auto message = hook::decode(rest)) {
    take(*message, origin);
  } else {
    ++stats_.undecodable;
  }
}

void HookInbox::take(const hook::Message& message, Origin origin) {
  switch (message.kind) {
    case hook::Kind::accepted:
      accepted_at_ms_.insert(hook_client(message), hook_ran_at_ms(message).value_or(0));
      break;
    case hook::Kind::refused:
      refused_.insert(hook_client(message), {});
      if (origin != Origin::again) emit_(hook_refusal(message));
      break;
    case hook::Kind::disconnected:
      take_final(message);
      return;
  }
  ++stats_.messages;
}

void HookInbox::take_final(const hook::Message& message) {
  auto final = hook_final(message);
  if (!final) {
    ++stats_.undecodable;
    return;
  }
  ++stats_.messages;
  if (!hook_tells_of_session(message) || !was_let_in(message)) {
    ++stats_.not_sessions;
    return;
  }
  emit_(std::move(*final));
}

bool HookInbox::was_let_in(const hook::Message& message) const {
  const auto client = hook_client(message);
  if (refused_.find(client) != nullptr) return false;
  const auto* accepted_at_ms = accepted_at_ms_.find(client);
  const auto left_at_ms = hook_ran_at_ms(message);
  if (accepted_at_ms == nullptr || !left_at_ms || *left_at_ms < *accepted_at_ms) return true;
  const auto final = hook_final(message);
  return *left_at_ms - *accepted_at_ms > refused_within_ms || !final ||
         final->counters.rx_bytes > most_handshake_bytes || final->counters.tx_bytes > most_handshake_bytes;
}

}  // namespace davylamp::openvpn
