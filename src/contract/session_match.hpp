// Whether a session is one that a SessionQuery asks for, by address and time.
#pragma once

#include "contract/queries.hpp"
#include "model/session.hpp"

namespace davylamp::contract {

// An open session has no end; a closed one that does not know its end was last seen then.
inline bool had_address_then(const model::Session& session, const SessionQuery& query) {
  const auto& address = query.address;
  const auto& own = address && address->is_v4() ? session.virtual_address : session.virtual_address6;
  if (address && session.real_address != address && own != address) return false;
  if (!query.at) return true;
  const bool is_over = session.state == model::SessionState::closed;
  return session.opened_at <= *query.at && (!is_over || session.closed_at.value_or(session.last_seen_at) >= *query.at);
}

}  // namespace davylamp::contract
