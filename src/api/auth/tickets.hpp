// Short-lived words that go out to a browser and come back: signed, so that nobody else can make them, and kept
// nowhere, so that any daemon of a cluster can take them back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace davylamp::api {

class Tickets {
 public:
  // `key`: that of access tokens. `purpose`: tickets of one are worth nothing for another, nor as an access token.
  Tickets(std::string_view key, std::string_view purpose);
  std::string issue(std::string_view subject, base::Time expires_at) const;
  // The subject; nothing when it is not ours or has run out.
  std::optional<std::string> redeem(std::string_view ticket, base::Time now) const;
  // A secret that belongs to a ticket, 43 characters: the same whenever it is asked for.
  std::string derived(std::string_view ticket, std::string_view what) const;

 private:
  std::string key_;
};

}  // namespace davylamp::api
