// For tests: a PostgreSQL server of their own, reached by a Unix socket only, gone with the process that made it.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/testing/temporary_directory.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::postgres::testing {

class Server {
 public:
  Server();
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // The one of this test program, made when it is first asked for.
  static Server& shared();
  // Whether TimescaleDB is installed beside the server's program.
  static bool has_timescale();

  void start();
  // SIGINT ends sessions at once, SIGKILL the server without a word.
  void stop(int signal);
  Config config(const std::string& database) const;
  // Runs one statement as the server's owner.
  void run(const std::string& sql) const;
  // The name of a database that was opened as a store once, for copies.
  const std::string& opened_database();

 private:
  base::TemporaryDirectory directory_;
  std::string opened_database_;
  pid_t process_ = -1;
};

enum class Content { none, schema };

// A database of its own: empty, or as a store that was just made, which is quicker than to make it again.
class Database {
 public:
  explicit Database(Content content = Content::none, Server& server = Server::shared());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  const std::string& name() const { return name_; }
  Config config() const;

 private:
  Server& server_;
  std::string name_;
};

}  // namespace davylamp::postgres::testing
