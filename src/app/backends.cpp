#include "app/backends.hpp"

#include <utility>

#include "app/division.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "bus/redis/buckets.hpp"
#include "bus/redis/redis_bus.hpp"
#include "notify/secret.hpp"
#include "store/postgres/heartbeat_journal.hpp"
#include "store/postgres/store.hpp"
#include "store/sqlite/heartbeat_journal.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {

postgres::Config postgres_config(const Config& config) {
  postgres::Config wanted;
  wanted.url = config.store.url.value_or("");
  if (config.store.password_file) {
    wanted.password = base::value_or_throw(notify::read_secret(*config.store.password_file));
  }
  wanted.timescale = config.store.timescale;
  return wanted;
}

redis::Options redis_options(const Config& config) {
  redis::Options options;
  options.url = config.bus.url;
  if (config.bus.password_file) {
    options.password = base::value_or_throw(notify::read_secret(*config.bus.password_file));
  }
  options.ca_file = config.bus.ca_file;
  options.certificate_file = config.bus.certificate_file;
  options.key_file = config.bus.key_file;
  options.prefix = config.bus.prefix;
  options.shards = config.bus.shards;
  return options;
}

std::unique_ptr<contract::Store> open_store(const Config& config) {
  if (config.store.url) return postgres::open(postgres_config(config));
  return sqlite::open({config.store.path});
}

std::unique_ptr<contract::Bus> open_bus(const Config& config, std::function<void(const std::string&)> told) {
  if (!shares_bus(config)) return loopback::open();
  auto options = redis_options(config);
  options.told = std::move(told);
  return redis::open(std::move(options));
}

std::unique_ptr<contract::SharedBuckets> open_shared_buckets(const Config& config,
                                                             boost::asio::any_io_executor executor) {
  if (!shares_bus(config)) return nullptr;
  return redis::open_buckets(std::move(executor), redis_options(config));
}

std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config) {
  if (!config.hub.agents) return nullptr;
  if (config.store.url) return postgres::open_journal(postgres_config(config));
  return sqlite::open_journal(sqlite::journal_path(config.store.path));
}

}  // namespace davylamp::app
