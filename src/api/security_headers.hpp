// What every response tells the browser to refuse.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace davylamp::api {

using HeaderLine = std::pair<std::string_view, std::string_view>;

// The headers of every response; `secure` adds Strict-Transport-Security. The texts live as long as the program.
std::span<const HeaderLine> security_headers(bool secure);

}  // namespace davylamp::api
