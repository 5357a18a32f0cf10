// Every store and bus there is for the daemon. To add one, write its folder and put a line here. Apart from the
// sources, so that davylamp-agent links neither a store nor the rules.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "bus/redis/redis_bus.hpp"
#include "contract/bus.hpp"
#include "contract/heartbeat_journal.hpp"
#include "contract/shared_buckets.hpp"
#include "contract/store.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::app {

// Where store.url and bus.url lead. Throws Failure when a secret cannot be read.
postgres::Config postgres_config(const Config& config);
redis::Options redis_options(const Config& config);

// Throws Failure that names the file or the database, and what to do.
std::unique_ptr<contract::Store> open_store(const Config& config);
// `told` hears, on a thread of the bus, when others on it are out of reach and when they are there again.
std::unique_ptr<contract::Bus> open_bus(const Config& config, std::function<void(const std::string&)> told = {});
// On the loop of `executor`. Null when there is one daemon only. Throws Failure when a secret cannot be read.
std::unique_ptr<contract::SharedBuckets> open_shared_buckets(const Config& config,
                                                             boost::asio::any_io_executor executor);
// Beside the store. Open it once to append (serve) and once to read (process). Null when no agent may report here.
std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config);

}  // namespace davylamp::app
