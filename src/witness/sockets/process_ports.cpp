#include "witness/sockets/process_ports.hpp"

namespace davylamp::sockets {

contract::WatchedPorts ports_of(std::string_view) {
  return {};
}

}  // namespace davylamp::sockets
