// docs/configure/reference.md, made from the structs and a table of meanings.
#pragma once

#include <string>
#include <vector>

namespace davylamp::app {

std::string config_reference();
// Keys without a meaning and meanings without a key; empty when the table is complete.
std::vector<std::string> reference_gaps();

}  // namespace davylamp::app
