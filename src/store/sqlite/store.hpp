// The store in one SQLite file: the default. One writer connection, readers beside it (WAL), safe against a kill at any
// moment.
#pragma once

#include <boost/describe.hpp>
#include <memory>
#include <string>

#include "contract/store.hpp"

namespace davylamp::sqlite {

struct Config {
  std::string path = "/var/lib/davylamp/davylamp.db";
};
BOOST_DESCRIBE_STRUCT(Config, (), (path))

// Makes the file (mode 0600) when it is absent, and brings its schema up to date. Throws base::Failure that names the
// path and what to do.
std::unique_ptr<contract::Store> open(const Config& config);
// To look at a database beside a daemon that may be writing it: its objects read, writer() and every change throw.
// Makes no file and changes no schema. Throws base::Failure "older_database" or "newer_database" when the schema is
// another.
std::unique_ptr<contract::Store> open_read_only(const Config& config);

}  // namespace davylamp::sqlite
