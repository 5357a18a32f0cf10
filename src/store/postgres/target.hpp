// What a URL says about how to reach a database, as libpq takes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/postgres/config.hpp"

namespace davylamp::postgres {

struct Target {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string name;      // for people: "db.example.org:5432/davylamp", without the password
  std::string password;  // to be kept out of every message
};

// With defaults for what nobody said: how long to wait for a connection, when a silent one is given up, and that a
// server that only reads is not taken. Throws base::Failure "bad_url", without the text: it may hold a password.
Target to_target(const Config& config);

}  // namespace davylamp::postgres
