// What the canary zone holds: every name that an agent may make up, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/address.hpp"
#include "sources/canary/answer_message.hpp"

namespace davylamp::canary {

struct ZoneFacts {
  std::string zone;                       // lower case, without the last dot
  std::string name_server;                // what the NS record says
  std::optional<model::Address> address;  // what canaries are; absent: 192.0.2.1 and 2001:db8::1 (documentation)
};

class Zone {
 public:
  explicit Zone(ZoneFacts facts);
  Answer answer(const Query& query) const;
  // "2-k3f9x0q1" of "2-k3f9x0q1.canary.example.org", when the question is for a canary: NUMBER-ID, the number of the
  // name within its probe, the id 6 to 40 of [a-z0-9]. Nothing for any other name.
  std::optional<std::string> canary_of(const Query& query) const;
  const std::string& name() const { return facts_.zone; }

 private:
  // The part before the zone; "" for the zone itself; nothing outside it.
  std::optional<std::string_view> inside(std::string_view name) const;
  Record start_of_authority() const;
  Record name_server() const;

  ZoneFacts facts_;
};

}  // namespace davylamp::canary
