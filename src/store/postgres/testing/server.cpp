#include "store/postgres/testing/server.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "store/postgres/store.hpp"

namespace davylamp::postgres::testing {
namespace {

std::string installation() {
  const char* named = std::getenv("DAVYLAMP_POSTGRES");
  return named != nullptr && *named != '\0' ? named : "/usr/lib/postgresql/15";
}

// PostgreSQL refuses to run as root.
const passwd* unprivileged_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

// In `directory`, which gets a server.log. The child ends when this process does.
pid_t spawn(const std::string& directory, const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto* user = unprivileged_user();
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (user != nullptr && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  if (::chdir(directory.c_str()) != 0) ::_exit(124);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (::freopen("/dev/null", "w", stdout) == nullptr || ::freopen("server.log", "a", stderr) == nullptr) ::_exit(125);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

bool answers(const Config& config) {
  auto* connection = PQconnectdb(config.url.c_str());
  const bool ok = PQstatus(connection) == CONNECTION_OK;
  PQfinish(connection);
  return ok;
}

}  // namespace

Server& Server::shared() {
  static Server server;
  return server;
}

Server& Server::shared_apache() {
  static Server server({"timescaledb.license=apache"});
  return server;
}

bool Server::has_timescale() {
  return std::filesystem::exists(installation() + "/lib/timescaledb.so");
}

Server::Server(std::vector<std::string> settings) : settings_(std::move(settings)) {
  // It tells nobody about the tests, and does what it does by itself only when it is told to.
  if (has_timescale()) {
    settings_.insert(settings_.end(), {"shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off",
                                       "timescaledb.max_background_workers=0"});
  }
  if (const auto* user = unprivileged_user();
      user != nullptr && ::chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give the server its folder");
  const pid_t made =
      spawn(directory_.path(), {installation() + "/bin/initdb", "--pgdata", directory_.file("data"), "--username",
                                "owner", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"});
  int status = 0;
  ::waitpid(made, &status, 0);
  if (status != 0) throw std::runtime_error("initdb of PostgreSQL 15 does not work: is postgresql-15 installed?");
  start();
}

Server::~Server() {
  stop(SIGINT);
}

void Server::start() {
  std::vector<std::string> command{installation() + "/bin/postgres", "-D", directory_.file("data"), "-k",
                                   directory_.path()};
  for (const std::string setting : {"listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=300",
                                    "shared_buffers=128MB", "max_wal_size=4GB", "logging_collector=off"}) {
    command.insert(command.end(), {"-c", setting});
  }
  for (const auto& setting : settings_) command.insert(command.end(), {"-c", setting});
  process_ = spawn(directory_.path(), command);
  for (int tries = 0; tries < 2'400; ++tries) {
    if (answers(config("postgres"))) return;
    ::usleep(50'000);
  }
  throw std::runtime_error("the PostgreSQL server of the tests does not answer");
}

void Server::stop(int signal) {
  if (process_ < 0) return;
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

Config Server::config(const std::string& database) const {
  return {.url = "postgresql:///" + database + "?user=owner&host=" + directory_.path(), .password = {}};
}

void Server::run(const std::string& sql, const std::string& database) const {
  auto* connection = PQconnectdb(config(database).url.c_str());
  auto* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  const std::string message = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(message);
}

Database::Database(Content content, Server& server) : content_(content), server_(server) {
  if (auto& unused = server.unused_[content]; !unused.empty()) {
    name_ = std::move(unused.back());
    unused.pop_back();
    return;
  }
  name_ = "davy" + std::to_string(++server.made_);
  server_.run("CREATE DATABASE " + name_);
  if (content == Content::none) return;
  auto wanted = config();
  wanted.timescale = content == Content::schema;
  postgres::open(wanted);
}

Database::~Database() {
  try {
    if (content_ == Content::none) {
      server_.run("DROP DATABASE " + name_ + " WITH (FORCE)");
    } else {
      empty();
      server_.unused_[content_].push_back(name_);
    }
  } catch (const std::exception&) {
    return;  // it goes with the server
  }
}

void Database::empty() {
  server_.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name_ + "'");
  server_.run(R"sql(
    SET session_replication_role = replica;
    DO $$ DECLARE made RECORD; BEGIN
      IF to_regclass('timescaledb_information.hypertables') IS NOT NULL THEN
        FOR made IN SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = 'public'
        LOOP EXECUTE format('TRUNCATE %I', made.hypertable_name); END LOOP;
      END IF;
      FOR made IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname != 'schema_migrations'
      LOOP EXECUTE format('DELETE FROM %I', made.relname); END LOOP;
      PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
    END $$)sql",
              name_);
}

Config Database::config() const {
  return server_.config(name_);
}

}  // namespace davylamp::postgres::testing
