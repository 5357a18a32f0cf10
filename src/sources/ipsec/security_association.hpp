// Parses: what charon says of its IKE_SAs and their CHILD_SAs (VICI's list-sa event and its relatives). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.hpp"
#include "model/counters.hpp"
#include "sources/ipsec/vici_message.hpp"

namespace davylamp::ipsec {

// A pair of tunnel ends with keys of their own. Counters are of the plain packets inside, from zero at each rekeying.
struct Child {
  std::string name;
  std::uint64_t unique_id = 0;  // 0: not told
  std::string state;            // "INSTALLED", "REKEYED", "DELETED"
  std::string mode;
  std::string protocol;
  bool encapsulated = false;  // ESP in UDP
  std::string spi_in;
  std::string spi_out;
  std::string cipher;  // "AES_CBC-128/HMAC_SHA2_256_128"
  std::optional<std::uint64_t> bytes_in;
  std::optional<std::uint64_t> bytes_out;
  std::optional<std::uint64_t> packets_in;
  std::optional<std::uint64_t> packets_out;
  std::optional<std::uint64_t> idle_in_seconds;
  std::optional<std::uint64_t> idle_out_seconds;
  std::optional<std::uint64_t> installed_seconds;
  std::vector<std::string> local_selectors;
  std::vector<std::string> remote_selectors;

  model::Counters counters() const { return {bytes_in.value_or(0), bytes_out.value_or(0)}; }
};

// One peer. What was not told is empty.
struct Ike {
  std::string connection;       // its name in the configuration
  std::uint64_t unique_id = 0;  // 0: not told; another after each rekeying
  std::string version;          // "1", "2"
  std::string state;            // "CONNECTING", "ESTABLISHED", "REKEYED", "DELETING" ...
  std::string local_host;
  std::optional<std::uint16_t> local_port;
  std::string local_id;
  std::string remote_host;
  std::optional<std::uint16_t> remote_port;
  std::string remote_id;
  std::string remote_login;  // its EAP identity, else its XAuth one
  bool initiator = false;
  bool behind_nat = false;
  std::string cipher;
  std::optional<std::uint64_t> established_seconds;
  std::vector<std::string> local_virtual;
  std::vector<std::string> remote_virtual;
  std::vector<Child> children;
  unsigned problems = 0;  // numbers that are none, and the like

  std::optional<model::Endpoint> remote() const;
  // Who the peer is: its login, else its identity; empty while that is not known.
  const std::string& user() const { return remote_login.empty() ? remote_id : remote_login; }
};

// What an event, or a row of list-sas, says.
struct Report {
  bool up = false;  // of ike-updown, child-updown: absent from the wire when it goes
  std::vector<Ike> ikes;
  // Of ike-rekey: what `ikes` replaced, in the same order.
  std::vector<Ike> replaced;
};
Report read_report(const Node& message);

}  // namespace davylamp::ipsec
