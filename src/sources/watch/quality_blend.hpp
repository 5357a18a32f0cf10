// One figure of quality for a peer, from its flows and from its path inside the tunnel.
#pragma once

#include <optional>

#include "model/evidence.hpp"

namespace davylamp::watch {

// Figures that came since the last take() are weighed by the traffic of their flows. A round-trip time of a better
// method (the kernel's own of a TCP connection, then one between two packets in the tunnel, then a handshake) is not
// replaced by one of a worse method within a minute.
class QualityBlend {
 public:
  void add(const model::Quality& quality, std::uint64_t bytes_moved);
  // What is known by now, when something came since the last call.
  std::optional<model::Quality> take(base::Time now);

 private:
  struct Mean {
    double sum = 0;
    double weight = 0;
    void add(const std::optional<double>& value, double by);
    std::optional<double> value() const;
  };
  struct Window {
    bool any = false;
    int rtt_rank = 0;
    int loss_rank = 0;
    Mean rtt, rtt_min, jitter, rx_loss, tx_loss;
    std::optional<std::string> rtt_method;
    std::optional<std::string> loss_method;
    std::optional<std::uint64_t> delivery_bps;
    base::Time at{};
  };
  Window window_;
  model::Quality known_;
  int rtt_rank_ = 0;
  base::Time rtt_at_{};
};

// Whether one who saw `before` should be shown `now`.
bool worth_telling(const model::Quality& before, const model::Quality& now);

}  // namespace davylamp::watch
