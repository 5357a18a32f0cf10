// The two kinds of internet that a host may have.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>

namespace davylamp::probe {

enum class Family : std::uint8_t { v4, v6 };
BOOST_DESCRIBE_ENUM(Family, v4, v6)

}  // namespace davylamp::probe
