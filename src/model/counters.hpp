// Absolute byte counters of one session.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <cstdint>

namespace davylamp::model {

// rx is what the server received from the peer, tx what it sent to it; both count from the session's start.
struct Counters {
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;

  // Raises to the greater of the two, each direction alone: a late or repeated report changes nothing.
  void raise_to(const Counters& other) {
    rx_bytes = std::max(rx_bytes, other.rx_bytes);
    tx_bytes = std::max(tx_bytes, other.tx_bytes);
  }
  Counters operator-(const Counters& earlier) const {
    return {rx_bytes - earlier.rx_bytes, tx_bytes - earlier.tx_bytes};
  }
  Counters& operator+=(const Counters& other) {
    rx_bytes += other.rx_bytes;
    tx_bytes += other.tx_bytes;
    return *this;
  }
  bool is_zero() const { return rx_bytes == 0 && tx_bytes == 0; }
  bool operator==(const Counters&) const = default;
};
BOOST_DESCRIBE_STRUCT(Counters, (), (rx_bytes, tx_bytes))

}  // namespace davylamp::model
