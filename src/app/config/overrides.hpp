// Environment variables over the file: DAVYLAMP__STORE__PATH sets store.path.
#pragma once

#include "app/config.hpp"
#include "app/config/document.hpp"
#include "app/config/schema.hpp"

namespace davylamp::app {

// Text keys take the variable as it stands, lists of text take names between commas, others take a TOML value.
void apply_overrides(const Environment& environment, const std::vector<Key>& keys, Document& document);

}  // namespace davylamp::app
