// Who may ask the API how often: one count per address, per login, and per costly class of calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/rates/bucket_table.hpp"
#include "base/time.hpp"
#include "contract/shared_buckets.hpp"
#include "io/task.hpp"
#include "model/address.hpp"

namespace davylamp::api {

// `login`: what takes a password or a code. `heavy`: exports and long histories. Both count as ordinary calls besides.
enum class RateClass { ordinary, login, heavy };

struct Rates {
  Rate address{1'200, 200};  // of one subscriber: see subscriber_of()
  Rate token{1'200, 200};    // of one login or API token
  Rate login{20, 10};        // of one subscriber
  Rate heavy{60, 20};        // of one login or API token
};

// What one request has taken. The bucket that has least left speaks for all.
struct RateTicket {
  Allowance allowance;
  Rate rate;
  bool counted = false;  // false: nobody counts this request
};

struct RateStats {
  std::uint64_t limited = 0;          // requests refused
  std::uint64_t shared_refusals = 0;  // of these: by the count over all daemons
  std::uint64_t shared_silent = 0;    // times that the shared count did not answer, and this daemon counted alone
};

// On one loop. This daemon's own count is asked first, so that a flood costs nobody else; then, where there is one, the
// count that all daemons share. When that is silent, it is left alone for a second.
class RateLimiter {
 public:
  RateLimiter(Rates rates, const base::Clock& clock, contract::SharedBuckets* shared = nullptr,
              std::size_t most_buckets = BucketTable::usual_size)
      : rates_(rates), clock_(clock), shared_(shared), buckets_(most_buckets) {}

  // Before it is known who signed in. False: refuse the request.
  io::Task<bool> take_address(RateTicket& ticket, const model::Address& address, RateClass rate_class);
  // `login` names the login or the API token.
  io::Task<bool> take_login(RateTicket& ticket, std::string_view login, RateClass rate_class);

  const RateStats& stats() const { return stats_; }
  const BucketTable& buckets() const { return buckets_; }

 private:
  struct Claim {
    std::string_view kind;  // "address", "login" ...: two kinds never share a bucket
    std::string key;        // of this daemon's own table, without the kind
    std::string shared_key;
    Rate rate;
  };
  io::Task<bool> take(RateTicket& ticket, Claim claim);
  io::Task<void> take_shared(Claim claim, Allowance& allowance);

  Rates rates_;
  const base::Clock& clock_;
  contract::SharedBuckets* shared_;
  BucketTable buckets_;
  RateStats stats_;
  base::Time silent_until_{};
};

}  // namespace davylamp::api
