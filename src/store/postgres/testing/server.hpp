// For tests: a PostgreSQL server of their own, reached by a Unix socket only, gone with the process that made it. It is
// Debian's PostgreSQL 15, or the installation (bin, lib) that the environment names in DAVYLAMP_POSTGRES.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::postgres::testing {

// schema: as the server makes it, so with TimescaleDB where it is installed; native_schema: without, in any case.
enum class Content { none, schema, native_schema };

class Server {
 public:
  // `settings` beside those that all have: "name=value".
  explicit Server(std::vector<std::string> settings = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // The one of this test program, made when it is first asked for.
  static Server& shared();
  // The same with TimescaleDB's Apache edition.
  static Server& shared_apache();
  // Whether TimescaleDB is installed beside the server's program; then every server has it.
  static bool has_timescale();

  void start();
  // SIGINT ends sessions at once, SIGKILL the server without a word.
  void stop(int signal);
  Config config(const std::string& database) const;
  // Runs statements as the server's owner.
  void run(const std::string& sql, const std::string& database = "postgres") const;

 private:
  friend class Database;
  base::TemporaryDirectory directory_;
  std::vector<std::string> settings_;
  std::map<Content, std::vector<std::string>> unused_;  // databases that have the schema and no rows
  int made_ = 0;
  pid_t process_ = -1;
};

// A database of its own: empty, or as a store that was just made. Such are used again, without their rows: to make one
// costs some hundred files. Its schema must not be changed.
class Database {
 public:
  explicit Database(Content content = Content::none, Server& server = Server::shared());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  const std::string& name() const { return name_; }
  Config config() const;

 private:
  void empty();

  Content content_;
  Server& server_;
  std::string name_;
};

}  // namespace davylamp::postgres::testing
