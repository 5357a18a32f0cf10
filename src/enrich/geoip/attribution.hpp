// Whose data we show: what the licences of the free databases ask us to print.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace davylamp::geoip {

struct Attribution {
  std::string text;
  std::string url;
  bool operator==(const Attribution&) const = default;
};
BOOST_DESCRIBE_STRUCT(Attribution, (), (text, url))

// By the metadata's database_type and by the path, because the npm packages' files call themselves only "city ipv4".
// Nothing for a database that asks for no attribution or that we do not know.
std::optional<Attribution> attribution_for(std::string_view database_type, const std::string& path);

}  // namespace davylamp::geoip
