// Where a proxy shows the page: "/davylamp" in place of the top. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/request_target.hpp"

namespace davylamp::api {

// Takes the base path from the front of a target. A path that does not begin with it stays: the proxy took it away.
// `base_path` is empty, or begins with '/' and does not end with it.
void take_off_base(RequestTarget& target, std::string_view base_path);

// The page with <base href="<base_path>/"> as the first thing in its head, in place of one that is there. Text without
// <head> stays as it is. The path is escaped as an attribute.
std::string with_page_base(std::string html, std::string_view base_path);

}  // namespace davylamp::api
