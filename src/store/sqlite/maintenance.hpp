// Work on the whole database file that goes on while others use it.
#pragma once

#include <string>

namespace davylamp::sqlite {

class Connection;

// As the functions of contract::StoreWriter.
std::string optimize(Connection& connection);
std::string checkpoint(Connection& connection);
std::string vacuum(Connection& connection);

}  // namespace davylamp::sqlite
