#include "sources/openvpn/hook_inbox.hpp"

#include <string_view>

#include "sources/openvpn/hook_message.hpp"

namespace davylamp::openvpn {
namespace {

// A client that another rule keeps out (`disable` in its file, a plugin) never passes our connect hook, and yet its
// disconnect hook follows. It moved no more than its handshake, in no more than OpenVPN's `hand-window`.
constexpr base::Seconds longest_handshake{60};
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
      accepted_.insert(hook_client(message), {});
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
  if (!hook_tells_of_session(message) || !was_let_in(message, *final)) {
    ++stats_.not_sessions;
    return;
  }
  emit_(std::move(*final));
}

bool HookInbox::was_let_in(const hook::Message& message, const model::PeerFinal& final) const {
  const auto client = hook_client(message);
  if (refused_.find(client) != nullptr) return false;
  // One that was let in before this run of the daemon has been there for longer, or is in the spool.
  return accepted_.find(client) != nullptr || final.ended_at - final.facts.connected_at > longest_handshake ||
         final.counters.rx_bytes > most_handshake_bytes || final.counters.tx_bytes > most_handshake_bytes;
}

}  // namespace davylamp::openvpn
