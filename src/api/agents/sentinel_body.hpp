// The body of VPN Sentinel's clients, of both generations: nested ("location", "dns_test") or flat. Pure.
#pragma once

#include <boost/json/object.hpp>

#include "api/body.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::api {

// What it says as a heartbeat of kind `sentinel`: the address as an exit of its family, the place of the DNS look-up as
// a resolver sighting of which only the country is known. "unknown" in any case says nothing. `measured_at` is the
// body's timestamp, or the epoch when there is none. Members that mean nothing here are passed over; those of the wrong
// type, and an address that is none, are complaints.
model::Heartbeat read_sentinel_body(const boost::json::object& body, Complaints& complaints);

}  // namespace davylamp::api
