// Token buckets in Redis: one script for each take, by Redis's clock.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "bus/redis/redis_bus.hpp"
#include "contract/shared_buckets.hpp"

namespace davylamp::redis {

// `executor`: the loop of take(). Nothing is asked before the first take(), which is answered by nothing until there is
// a connection; so is every take() that Redis does not answer within 50 ms. A bucket that is full again is forgotten.
// Throws Failure as read_access().
std::unique_ptr<contract::SharedBuckets> open_buckets(boost::asio::any_io_executor executor, const Options& options);

}  // namespace davylamp::redis
