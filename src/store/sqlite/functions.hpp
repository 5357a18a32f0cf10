// The SQL functions that our queries use beside SQLite's own: contains_text(part, text...) and address_key(text).
#pragma once

namespace davylamp::sqlite {

class Connection;
void add_functions(Connection& connection);

}  // namespace davylamp::sqlite
