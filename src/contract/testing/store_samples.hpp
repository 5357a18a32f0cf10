// Sessions, servers and events for tests of stores.
#pragma once

#include <string>

#include "contract/store.hpp"

namespace davylamp::contract::testing {

// `seconds` after a full day of UTC.
inline base::Time at(int seconds) {
  return base::from_unix_seconds(1'794'960'000 + seconds);
}

inline model::Place sample_place() {
  return {.kind = model::AddressKind::documentation,
          .country_code = "DE",
          .country = "Germany",
          .city = "Berlin",
          .latitude = 52.5,
          .longitude = 13.25,
          .precision = model::Precision::city,
          .asn = 64'496U,
          .network = "Example Net"};
}

// An open session of anna, in which every optional member is there.
inline StoredSession full_session(model::SessionId id) {
  model::Session session{.id = id, .server = "udp", .source = "openvpn", .user = "anna"};
  session.common_name = "common name";
  session.username = "anna";
  session.transport = "udp";
  session.real_address = *model::Address::parse("198.51.100.7");
  session.real_port = 40'000;
  session.virtual_address = *model::Address::parse("10.8.0.6");
  session.virtual_address6 = *model::Address::parse("fd00::6");
  session.cipher = "AES-256-GCM";
  session.client_version = "2.6.3";
  session.platform = "linux";
  session.opened_at = at(0);
  session.last_seen_at = at(100);
  session.adopted = true;
  session.rx_bytes = 1'000;
  session.tx_bytes = std::uint64_t{1} << 62U;
  session.rx_bps = 8;
  session.tx_bps = 16;
  session.place = sample_place();
  session.evidence = model::Evidence{{{"openvpn", 1'000, 5, true}, {"ebpf", 1'100, 5, false}}, 3, 0.1};
  session.quality = model::Quality{.rtt_milliseconds = 40.5,
                                   .rtt_min_milliseconds = 39,
                                   .jitter_milliseconds = 1.25,
                                   .rtt_method = "inner_syn_ack",
                                   .rx_loss = 0.01,
                                   .tx_loss = 0,
                                   .loss_method = "openvpn_packet_id",
                                   .delivery_bps = 1'000'000U,
                                   .at = at(90)};
  session.flows = 2;
  return {.source = {"node", "openvpn", "udp"}, .peer = "1/2/" + std::to_string(id), .session = session};
}

// An open session of anna, in which no optional member is there.
inline StoredSession bare_session(model::SessionId id) {
  model::Session session{.id = id, .server = "udp", .source = "openvpn", .user = "anna"};
  session.opened_at = at(0);
  session.last_seen_at = at(0);
  return {.source = {"node", "openvpn", "udp"}, .peer = "1/2/" + std::to_string(id), .session = session};
}

inline model::Session closed_form(model::Session session, int seconds) {
  session.state = model::SessionState::closed;
  session.closed_at = at(seconds);
  session.last_seen_at = at(seconds);
  session.end_reason = model::EndReason::left;
  session.final = true;
  return session;
}

// A closed session; the values of every sort key and filter repeat, and are absent now and then.
inline StoredSession varied_session(model::SessionId id) {
  auto stored = bare_session(id);
  auto& session = stored.session;
  session.server = id % 2 == 0 ? "udp" : "tcp";
  session.user = "user-" + std::to_string(id % 17);
  session.transport = id % 3 == 0 ? "tcp" : "udp";
  const auto byte = static_cast<std::uint8_t>(id % 11);
  if (id % 5 != 0) session.real_address = model::Address::from_v4({203, 0, 113, byte});
  if (id % 4 != 0) session.virtual_address = model::Address::from_v4({10, 8, 0, byte});
  if (id % 8 == 0) session.virtual_address6 = *model::Address::parse("fd00::1");
  session.opened_at = at(static_cast<int>(id % 13) * 60);
  session = closed_form(session, 1'000 + static_cast<int>(id % 7));
  session.rx_bytes = id % 6;
  session.tx_bytes = id % 9;
  session.rx_bps = id % 2;
  session.tx_bps = id % 3;
  if (id % 3 != 0)
    session.place = model::Place{.country_code = id % 3 == 1 ? "DE" : "FR", .country = id % 2 == 0 ? "X" : "Y"};
  return stored;
}

inline TrafficIncrement moved(model::SessionId id, const std::string& user, int seconds, model::Counters bytes) {
  return {.at = at(seconds), .session_id = id, .server = "udp", .user = user, .bytes = bytes};
}

// The load that goes with such an increment.
inline ServerLoad load(int seconds, std::uint64_t sessions, model::Counters bytes = {},
                       const std::string& server = "udp") {
  return {.at = at(seconds), .server = server, .sessions = sessions, .bytes = bytes};
}

inline model::Server full_server(const std::string& name) {
  model::Server server{
      .name = name, .source = "openvpn", .state = model::ServerState::up, .health = "It answers.", .since_at = at(1)};
  server.version = "OpenVPN 2.6.3";
  server.process_id = 4'242;
  server.started_at = at(-100);
  server.local_address = *model::Address::parse("192.0.2.1");
  server.transport = "udp";
  server.sessions = 3;
  server.rx_bytes = 30;
  server.tx_bytes = 40;
  server.last_snapshot_at = at(2);
  server.place = sample_place();
  server.lab = true;
  server.problems = 5;
  server.mode = "server";
  server.public_address = *model::Address::parse("192.0.2.200");
  server.listens_on = "udp 0.0.0.0:1194";
  server.pool_size = 253;
  server.pool_used = 3;
  server.dco = false;
  server.warnings = {"It is \"old\".", ""};
  server.expiries = {{.what = "crl", .name = "crl.pem", .expires_at = at(500)}};
  server.fence = model::FenceFacts{.allow = {"IR", "AS64500"}, .deny = {}, .confirmed = true, .since_at = at(4)};
  server.fence->refused_packets = 7;
  return server;
}

inline model::Event full_event(std::uint64_t id) {
  return {.id = id,
          .at = at(static_cast<int>(id)),
          .kind = model::EventKind::session_roamed,
          .server = "udp",
          .user = "anna",
          .session_id = 3,
          .text = "anna moved",
          .place = sample_place()};
}

}  // namespace davylamp::contract::testing
