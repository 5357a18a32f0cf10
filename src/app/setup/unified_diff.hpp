// What changes in a file, as `diff -u` shows it.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::app {

// Empty when nothing changes. One hunk around the first and the last line that differ, with three lines around it.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace davylamp::app
