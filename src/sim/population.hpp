// Who connects: invented people with a place, a device and a habit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/address.hpp"
#include "sim/random.hpp"

namespace davylamp::sim {

struct PopulationSettings {
  double rate_bps = 200'000;     // the mean of what an active client receives, bits per second
  double active_share = 0.7;     // of the clients move payload, the others only keep-alive packets
  double ipv6_share = 0.1;       // of the clients come over IPv6
  double stubborn_share = 0.05;  // of the clients return whatever they are told
  bool hostile = false;          // names that would like to be SQL, HTML, shell, terminal escapes, or no UTF-8
  bool long_username = false;    // client 2 has a username of 440 bytes, which stops a server's status for good
};

// One device of one user. Text may hold any byte but control characters: those OpenVPN takes out.
struct Person {
  std::string name;      // the common name of the certificate
  std::string username;  // empty: none is sent
  model::Address home;
  std::string_view country;  // ISO 3166-1 alpha-2
  int utc_offset_hours = 0;
  std::string_view platform;  // IV_PLAT
  std::string_view program;   // IV_VER
  std::uint64_t rx_bps = 0;   // what the server receives from it while it is active, bits per second
  std::uint64_t tx_bps = 0;
  bool active = true;
  bool stubborn = false;
};

// Person `number` (from 0) of a population. The same settings, number and random state give the same person.
// Addresses are of real, public networks, so that a place database knows them; nothing is ever sent there.
Person make_person(const PopulationSettings& settings, std::uint64_t number, Random& random);

// A new address near the old one, as a telephone gets that changes its network.
model::Address address_near(const model::Address& home, Random& random);

// Where servers stand: for the map.
std::string_view server_address(std::uint64_t number);

}  // namespace davylamp::sim
