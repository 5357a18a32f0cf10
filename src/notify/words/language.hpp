// In which words messages are.
#pragma once

#include <boost/describe.hpp>

namespace davylamp::notify {

enum class Language { en, fa, ru };
BOOST_DESCRIBE_ENUM(Language, en, fa, ru)

}  // namespace davylamp::notify
