// Takes from what was observed what the privacy mode does not allow to keep: before anything is stored or sent on.
#pragma once

#include <optional>

#include "app/config.hpp"
#include "app/privacy/rotating_key.hpp"
#include "model/observation.hpp"

namespace davylamp::app {

// Real addresses of VPN users, after their places were found:
//  full          stay as they are
//  truncated     keep 24 bits (IPv4) or 48 (IPv6), without port
//  keyed_hash    become a pseudonym: an address of 100::/64 (RFC 6666: never a real peer) whose last 64 bits are a
//                keyed hash. A session that began before the key gets none.
//  country_only  vanish; of the place only the country stays
class AddressVeil {
 public:
  // `key` is needed for keyed_hash only; it must outlive the veil.
  AddressVeil(PrivacyMode mode, const RotatingKey* key) : mode_(mode), key_(key) {}
  void cover(model::Fact& fact) const;

 private:
  void cover(model::AttemptCount& attempt) const;
  void cover(std::optional<model::Endpoint>& real, std::optional<model::Place>& place, bool before_key) const;
  model::Address pseudonym(const model::Address& address) const;
  PrivacyMode mode_;
  const RotatingKey* key_;
};

}  // namespace davylamp::app
