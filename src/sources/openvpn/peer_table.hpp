// Thinks: turns what an OpenVPN server says into observations. Pure.
//
// The truth is the full listing (`status 3`); byte counts between two listings only sharpen it. A session's key is
// "epoch/connected-since/client id": client ids restart at 0 when the server does, and the real address may change in
// mid-session (a client that floats), so neither would do alone.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/observation.hpp"
#include "sources/openvpn/management_message.hpp"
#include "sources/openvpn/status_document.hpp"

namespace davylamp::openvpn {

// What one listing said besides its peers.
struct ListingReport {
  bool complete = false;     // absences count
  bool client_mode = false;  // the process is a VPN client, not a server
  std::optional<bool> dco;
  std::uint64_t sessions = 0;
  std::uint64_t pool_used = 0;  // sessions with a virtual IPv4 address
  std::uint64_t waiting = 0;    // rows that are no session: handshakes, refused logins
  std::uint64_t problems = 0;
  std::string first_problem;  // "line 7: ..." or empty
  StatusFormat format = StatusFormat::unknown;
  std::string version;                  // as the text's title says it; empty in version 1
  std::optional<std::int64_t> made_at;  // UNIX seconds
};

class PeerTable {
 public:
  using Emit = std::function<void(model::Fact)>;
  explicit PeerTable(Emit emit) : emit_(std::move(emit)) {}

  // A server process's life between two restarts, named by its pid and the time it became CONNECTED. Emits EpochStarted
  // when it differs from the current one.
  void begin_epoch(std::uint64_t process_id, std::int64_t connected_at);
  // The rows of a `status` answer.
  ListingReport listing(std::string_view text);
  // Where the times of listings without time_t columns (version 1) were written.
  void set_zone(const ServerZone& zone) { zone_ = zone; }
  // Every peer is gone: the server is.
  void end_all(model::EndReason reason);
  // Counters between listings. Of a client that is not listed yet: kept out, the next listing has it.
  void bytes(const ClientBytes& bytes);
  // What the environment of `>CLIENT:ESTABLISHED` tells and the listing does not: version, platform, transport.
  void established(const ClientEvent& event);
  // The client id of a peer that the latest listing had; nothing when it is gone, or its id is another's by now.
  std::optional<std::uint64_t> client_id_of(std::string_view key) const;
  // What to call the transport where a version does not tell it with each address (up to 2.6).
  void set_transport(std::string transport) { transport_ = std::move(transport); }
  const std::string& transport() const { return transport_; }

 private:
  struct Peer {
    std::size_t fingerprint = 0;  // of the facts that were emitted last: most rows of a listing say nothing new
    std::uint64_t listing = 0;
  };
  using Peers = std::unordered_map<std::string, Peer>;  // by key; its nodes stay where they are
  struct ClientProgram {
    std::optional<std::string> version;
    std::optional<std::string> platform;
  };
  void emit_row(const StatusClient& client, std::uint64_t now_listing);
  std::string key_of(const StatusClient& client) const;
  std::size_t fingerprint_of(const StatusClient& client) const;
  model::PeerFacts facts_of(const StatusClient& client) const;
  void forget_absent();

  Emit emit_;
  std::string epoch_ = "0";
  std::uint64_t listing_ = 0;
  std::string transport_;
  ServerZone zone_;
  Peers peers_;
  boost::unordered_flat_map<std::uint64_t, const Peers::value_type*> by_client_id_;
  std::unordered_map<std::uint64_t, ClientProgram> programs_;  // by client id
};

}  // namespace davylamp::openvpn
