#include "sources/firewall/source.hpp"

#include "base/result.hpp"

namespace davylamp::firewall {

std::unique_ptr<Source> make_source(const Config&, const base::Clock&, const base::Zones&) {
  throw base::Failure("refused", "not here yet");
}

}  // namespace davylamp::firewall
