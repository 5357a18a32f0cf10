// Compares an answer with the file that the page's tests serve as well. UPDATE_GOLDEN=1 rewrites the file.
#pragma once

#include <gtest/gtest.h>
#include <string>

namespace davylamp::api::testing {

// `name`: the file below tests/api, without ".json".
void expect_golden(const std::string& name, const std::string& json);

// The whole text of a file below the source folder; empty when there is none.
std::string read_source_file(const std::string& path);

}  // namespace davylamp::api::testing
