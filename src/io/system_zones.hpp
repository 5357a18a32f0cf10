// The time zones of this host: the system's tz database, read when a zone is first asked for.
#pragma once

#include "base/zone.hpp"

namespace davylamp::io {

class SystemZones : public base::Zones {
 public:
  base::Result<base::ZoneSpan> span(std::string_view zone, base::Time at) const override;
};

}  // namespace davylamp::io
