#include "api/testing/sample.hpp"

#include <map>

#include "api/testing/api_under_test.hpp"

namespace davylamp::api::testing {
namespace {

struct Town {
  std::string country;
  std::string city;
  double latitude;
  double longitude;
};

model::Place place_of(const std::string& country_code) {
  static const std::map<std::string, Town> towns{{"DE", {"Germany", "Berlin", 52.52, 13.405}},
                                                 {"FR", {"France", "Paris", 48.8566, 2.3522}},
                                                 {"JP", {"Japan", "T\u014Dky\u014D", 35.6895, 139.6917}}};
  model::Place place;
  const auto found = towns.find(country_code);
  if (found == towns.end()) {
    place.kind = model::AddressKind::private_;
    return place;
  }
  place.country_code = country_code;
  place.country = found->second.country;
  place.city = found->second.city;
  place.latitude = found->second.latitude;
  place.longitude = found->second.longitude;
  place.precision = model::Precision::city;
  place.asn = 64500;
  place.network = "Example Net";
  return place;
}

}  // namespace

model::Session sample_session(const SampleSession& sample) {
  model::Session session;
  const auto low = std::to_string(sample.id % 200 + 1);
  session.id = sample.id;
  session.server = sample.server;
  session.source = "openvpn";
  session.user = sample.user;
  session.common_name = sample.user;
  session.transport = "udp";
  session.real_address = address((sample.country_code.empty() ? "10.0.0." : "198.51.100.") + low);
  session.real_port = static_cast<std::uint16_t>(40'000 + sample.id % 20'000);
  session.virtual_address = address("10.8.0." + low);
  session.cipher = "AES-256-GCM";
  session.client_version = "2.6.3";
  session.platform = "linux";
  session.opened_at = sample_now - base::Seconds(static_cast<std::int64_t>(60 * sample.id));
  session.last_seen_at = sample_now;
  session.rx_bytes = 1'000 * sample.id;
  session.tx_bytes = 5'000 * sample.id;
  session.rx_bps = 800 * sample.id;
  session.tx_bps = 4'000 * sample.id;
  session.place = place_of(sample.country_code);
  return session;
}

model::Session sample_closed(const SampleSession& sample) {
  auto session = sample_session(sample);
  session.state = model::SessionState::closed;
  session.closed_at = sample_now - base::Seconds(static_cast<std::int64_t>(sample.id));
  session.last_seen_at = *session.closed_at;
  session.end_reason = model::EndReason::left;
  session.final = true;
  session.rx_bps = 0;
  session.tx_bps = 0;
  return session;
}

model::Server sample_server(const std::string& name) {
  model::Server server;
  server.name = name;
  server.source = "openvpn";
  server.state = model::ServerState::up;
  server.health = "Answers; the last listing is 2 s old.";
  server.since_at = sample_now - base::Seconds(86'400);
  server.version = "2.6.3";
  server.process_id = 4711;
  server.started_at = server.since_at;
  server.local_address = address("203.0.113.5");
  server.transport = "udp";
  server.sessions = 2;
  server.rx_bytes = 10'000;
  server.tx_bytes = 50'000;
  server.last_snapshot_at = sample_now - base::Seconds(2);
  server.place = place_of("DE");
  return server;
}

model::Event sample_event(std::uint64_t id) {
  model::Event event;
  event.id = id;
  event.at = sample_now - base::Seconds(600) + base::Seconds(static_cast<std::int64_t>(id));
  event.kind = model::EventKind::session_opened;
  event.server = "fra-1";
  event.user = "alice";
  event.session_id = id;
  event.text = "alice connected to fra-1 from Berlin, Germany";
  event.place = place_of("DE");
  return event;
}

}  // namespace davylamp::api::testing
