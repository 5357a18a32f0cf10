// Takes another monitor's sessions into the database.
#pragma once

#include <memory>
#include <string>

#include "contract/import_store.hpp"

namespace davylamp::sqlite {

// On a database that open() has made. Throws base::Failure.
std::unique_ptr<contract::ImportStore> open_import(const std::string& path);

}  // namespace davylamp::sqlite
