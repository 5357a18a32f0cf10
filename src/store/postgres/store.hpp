// The store in a PostgreSQL database (15 or newer), which any number of daemons share.
#pragma once

#include <memory>
#include <string>

#include "contract/store.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::postgres {

// Connects, and brings the schema up to date. Throws base::Failure that names the database and says what to do, never
// the password. Each object that the store makes has a session of its own, connects again by itself after a failure.
std::unique_ptr<contract::Store> open(const Config& config);
// As open(), for looking beside daemons that write: changes no schema. Throws "older_database" or "newer_database" when
// it is another.
std::unique_ptr<contract::Store> open_read_only(const Config& config);
// One sentence on what is there: the server's version, whose schema, how tables are divided. Throws as open() does.
std::string describe(const Config& config);

}  // namespace davylamp::postgres
