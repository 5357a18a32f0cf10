// Brings reports to the hub.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/task.hpp"
#include "probe/http_client.hpp"
#include "probe/hub_answer.hpp"
#include "probe/report_queue.hpp"

namespace davylamp::probe {

// What became of a delivery.
enum class Delivered : std::uint8_t {
  accepted,    // the hub has all of them
  refused,     // the hub does not know this token, or does not let it in: nothing can be delivered until that changes
  unusable,    // the hub will never take these
  wrong_time,  // the clocks differ; they agree now: again at once
  later,       // the hub is away, busy or wants fewer: again after a while
};

struct Delivery {
  Delivered outcome = Delivered::later;
  std::string why;                          // a sentence, but for what was accepted
  std::optional<base::Seconds> not_before;  // as the hub asks (Retry-After)
  HubAnswer answer;
};

// Belongs to one loop.
class HubClient {
 public:
  struct Options {
    WebAddress hub;
    std::string token;
    std::string name;
  };
  HubClient(HttpClient& http, const base::Clock& clock, Options options);

  // Signed (signature.hpp). Never throws but when it is cancelled.
  io::Task<Delivery> deliver(std::vector<QueuedReport> reports);
  // This host's clock, corrected by what the hub said of its own.
  base::Time now() const { return clock_.now() + offset_; }
  base::Milliseconds clock_offset() const { return offset_; }

 private:
  HttpQuestion question(const std::vector<QueuedReport>& reports) const;
  // True when the clock was off by more than what a hub forgives.
  bool set_clock(const HttpAnswer& answer, const HubAnswer& said);

  HttpClient& http_;
  const base::Clock& clock_;
  Options options_;
  base::Milliseconds offset_{0};
};

// Trades a one-time token for a token of one's own. Throws Failure.
io::Task<Enrolment> enrol(HttpClient& http, WebAddress hub, std::string one_time_token, std::string name);

}  // namespace davylamp::probe
