#include "app/backends.hpp"

#include "bus/loopback/loopback_bus.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {

std::unique_ptr<contract::Store> open_store(const Config& config) {
  return sqlite::open({config.store.path});
}

std::unique_ptr<contract::Bus> open_bus(const Config&) {
  return loopback::open();
}

}  // namespace davylamp::app
