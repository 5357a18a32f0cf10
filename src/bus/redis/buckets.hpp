// Token buckets in Redis: one script for each take, by Redis's clock.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/time.hpp"
#include "bus/redis/redis_bus.hpp"
#include "contract/shared_buckets.hpp"

namespace davylamp::redis {

// How long an answer is waited for.
inline constexpr base::Milliseconds longest_bucket_wait{50};

// `executor`: the loop of take(). Nothing is asked before the first take(). A take() is answered by nothing when Redis
// does not answer it within `longest_wait` or goes away, and at once while it is known to be away. Who was answered so
// loses no token, unless the question had been sent. A bucket that is full again is forgotten. Throws Failure as
// read_access().
std::unique_ptr<contract::SharedBuckets> open_buckets(boost::asio::any_io_executor executor, const Options& options,
                                                      base::Milliseconds longest_wait = longest_bucket_wait);

}  // namespace davylamp::redis
