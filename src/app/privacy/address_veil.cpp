#include "app/privacy/address_veil.hpp"

#include <sodium.h>

#include <algorithm>

namespace davylamp::app {
namespace {

model::Address truncated(const model::Address& address) {
  auto bytes = address.bytes();
  const std::size_t kept = address.is_v4() ? 3 : 6;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), std::uint8_t{0});
  if (!address.is_v4()) return model::Address::from_v6(bytes);
  return model::Address::from_v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

}  // namespace

void AddressVeil::cover(model::Fact& fact) const {
  if (mode_ == PrivacyMode::full) return;
  const auto cover_facts = [this](model::PeerFacts& facts) {
    cover(facts.real, facts.place, key_ != nullptr && facts.connected_at < key_->since());
    if (facts.user_is_address) facts.user = facts.real ? facts.real->address.to_string() : "anonymous";
  };
  if (auto* seen = std::get_if<model::PeerSeen>(&fact)) {
    if (seen->facts) cover_facts(*seen->facts);
  } else if (auto* last = std::get_if<model::PeerFinal>(&fact)) {
    cover_facts(last->facts);
  } else if (auto* refused = std::get_if<model::LoginRefused>(&fact)) {
    cover(refused->real, refused->place, false);
  } else if (auto* counted = std::get_if<model::AttemptsCounted>(&fact)) {
    for (auto& attempt : counted->attempts) cover(attempt);
  }
}

void AddressVeil::cover(model::AttemptCount& attempt) const {
  std::optional<model::Endpoint> real;
  if (attempt.address) real = model::Endpoint{*attempt.address, std::nullopt};
  cover(real, attempt.place, key_ != nullptr && attempt.first_at < key_->since());
  attempt.address.reset();
  if (real) attempt.address = real->address;
}

void AddressVeil::cover(std::optional<model::Endpoint>& real, std::optional<model::Place>& place,
                        bool before_key) const {
  if (!real) return;
  switch (mode_) {
    case PrivacyMode::full:
      return;
    case PrivacyMode::truncated:
      real = model::Endpoint{truncated(real->address), std::nullopt};
      return;
    case PrivacyMode::keyed_hash:
      if (before_key) {
        real.reset();
      } else {
        real = model::Endpoint{pseudonym(real->address), std::nullopt};
      }
      return;
    case PrivacyMode::country_only:
      real.reset();
      if (place)
        place = model::Place{.kind = place->kind, .country_code = place->country_code, .country = place->country};
      return;
  }
}

model::Address AddressVeil::pseudonym(const model::Address& address) const {
  std::array<std::uint8_t, 16> hash{};
  const auto& bytes = address.bytes();
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), key_->key().data(), key_->key().size());
  std::array<std::uint8_t, 16> made{};
  made[0] = 0x01;
  std::copy_n(hash.begin(), 8, made.begin() + 8);
  return model::Address::from_v6(made);
}

}  // namespace davylamp::app
