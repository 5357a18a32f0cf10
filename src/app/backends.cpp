#include "app/backends.hpp"

#include "bus/loopback/loopback_bus.hpp"
#include "store/sqlite/heartbeat_journal.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {

std::unique_ptr<contract::Store> open_store(const Config& config) {
  return sqlite::open({config.store.path});
}

std::unique_ptr<contract::Bus> open_bus(const Config&) {
  return loopback::open();
}

std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config) {
  if (!config.hub.agents) return nullptr;
  return sqlite::open_journal(sqlite::journal_path(config.store.path));
}

}  // namespace davylamp::app
