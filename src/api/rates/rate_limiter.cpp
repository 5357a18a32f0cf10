#include "api/rates/rate_limiter.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::api {
namespace {

constexpr base::Seconds pause_after_silence{1};

base::Seconds ceil_seconds(base::Milliseconds wait) {
  return std::max(std::chrono::ceil<base::Seconds>(wait), base::Seconds{1});
}

}  // namespace

io::Task<bool> RateLimiter::take_address(RateTicket& ticket, const model::Address& address, RateClass rate_class) {
  const auto key = subscriber_key(address);
  const auto shared_key = shared_ == nullptr ? std::string() : subscriber_of(address).to_string();
  if (rate_class == RateClass::login) {
    const bool granted = co_await take(ticket, {"login", key, shared_key, rates_.login});
    if (!granted) co_return false;
  }
  co_return co_await take(ticket, {"address", key, shared_key, rates_.address});
}

io::Task<bool> RateLimiter::take_login(RateTicket& ticket, std::string_view login, RateClass rate_class) {
  const std::string key(login);
  if (rate_class == RateClass::heavy) {
    const bool granted = co_await take(ticket, {"heavy", key, key, rates_.heavy});
    if (!granted) co_return false;
  }
  co_return co_await take(ticket, {"token", key, key, rates_.token});
}

io::Task<bool> RateLimiter::take(RateTicket& ticket, Claim claim) {
  // The first letters of the kinds differ.
  std::string own_key(1, claim.kind.front());
  own_key += claim.key;
  auto allowance = buckets_.take(own_key, claim.rate, clock_.now());
  const auto rate = claim.rate;
  if (allowance.granted && shared_ != nullptr && clock_.now() >= silent_until_) {
    co_await take_shared(std::move(claim), allowance);
  }
  if (!allowance.granted) ++stats_.limited;
  if (!ticket.counted || !allowance.granted || allowance.remaining < ticket.allowance.remaining) {
    ticket = {allowance, rate, true};
  }
  co_return allowance.granted;
}

io::Task<void> RateLimiter::take_shared(Claim claim, Allowance& allowance) {
  const contract::Bucket bucket{claim.rate.per_minute, claim.rate.burst};
  const auto answer = co_await shared_->take(std::string(claim.kind) + ":" + claim.shared_key, bucket);
  if (!answer) {
    ++stats_.shared_silent;
    silent_until_ = clock_.now() + pause_after_silence;
    co_return;
  }
  if (!answer->taken) {
    ++stats_.shared_refusals;
    allowance.granted = false;
    allowance.retry_after = ceil_seconds(answer->wait);
  }
  allowance.remaining = std::min(allowance.remaining, answer->remaining);
  const std::uint64_t missing = bucket.burst - std::min(bucket.burst, answer->remaining);
  allowance.whole_in = std::max(
      allowance.whole_in, base::Seconds((missing * 60 + bucket.per_minute - 1) / std::max(bucket.per_minute, 1U)));
}

}  // namespace davylamp::api
