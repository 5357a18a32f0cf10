// The two things that an agent in a tunnel does: it makes reports, and it delivers them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>

#include "app/log.hpp"
#include "base/backoff.hpp"
#include "probe/hub_client.hpp"
#include "probe/inspector.hpp"
#include "probe/report_queue.hpp"

namespace davylamp::app {

struct TunnelAgentWorld {
  boost::asio::any_io_executor executor;
  probe::HttpClient& http;
  const base::Clock& clock;
  Log& log;
};

struct TunnelAgentParts {
  probe::Inspector& inspector;
  probe::ReportQueue& queue;
  probe::HubClient& hub;
  std::optional<std::uint32_t> interval_seconds;  // untold: as the hub says
};

// Belongs to one loop.
class TunnelAgentLoop {
 public:
  TunnelAgentLoop(TunnelAgentWorld world, TunnelAgentParts parts);
  // Until it is cancelled.
  io::Task<void> run();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  io::Task<void> make_reports();
  // Until the next report is due: its time, another way out, or the hub wants one.
  io::Task<void> wait_for_next(SteadyTime begun);
  // On the hub's clock, as far as it was known then.
  struct Moment {
    base::Time at;
    base::Milliseconds clock_offset;
  };
  void add(model::Heartbeat heartbeat, Moment moment);
  io::Task<void> deliver_reports();
  // After a delivery that did not reach the hub; ends early when a report of another network is there.
  io::Task<void> wait_to_try_again(base::Milliseconds span);
  io::Task<void> wait_for_report();
  // How long to wait before the next delivery.
  base::Milliseconds take(const probe::Delivery& delivery, const std::vector<probe::QueuedReport>& reports);
  void take_answer(const probe::HubAnswer& answer);
  void say(const probe::Delivery& delivery);
  // Their times on the hub's clock, and which are late.
  void prepare(std::vector<probe::QueuedReport>& reports) const;
  base::Seconds interval() const;

  TunnelAgentWorld world_;
  TunnelAgentParts parts_;
  boost::asio::steady_timer report_due_;
  boost::asio::steady_timer report_waits_;
  boost::asio::steady_timer try_again_;
  base::Backoff backoff_;
  std::uint32_t hub_interval_seconds_ = 60;
  bool report_wanted_ = false;
  bool moving_ = false;  // the first report of another network is being made
  std::size_t batch_;
  base::Time last_measured_at_{};
  std::optional<model::Address> seen_from_;
  std::string said_;
  std::uint64_t said_dropped_ = 0;
};

}  // namespace davylamp::app
