// Environment variables of the monitors that Davylamp replaces, each with the key that took its place. A host that has
// them set for its old monitor need not be configured anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "app/config/document.hpp"

namespace davylamp::app {

bool is_seed_variable(std::string_view name);

// Fills in what `document` (the file and the DAVYLAMP__ variables) does not say. Returns a sentence for each variable
// that is set: the key it sets, or why it sets none. A value that cannot be used is a problem of the document. Pure.
std::vector<std::string> apply_seed_variables(const Environment& environment, Document& document);

// The table for docs/configure/reference.md.
std::string seed_variable_reference();

}  // namespace davylamp::app
