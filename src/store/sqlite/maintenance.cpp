#include "store/sqlite/maintenance.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>

#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {
namespace {

constexpr std::int64_t pages_per_vacuum = 1'024;            // 4 MB
constexpr std::int64_t largest_rewritten_bytes = 32 << 20;  // less than half a second
constexpr off_t largest_log_bytes = 16 << 20;

std::int64_t pragma(Connection& connection, const std::string& name) {
  Statement row(connection, "PRAGMA " + name);
  return row.step() ? row.integer(0) : 0;
}

std::string megabytes(std::int64_t bytes) {
  return std::to_string(bytes / 1'000'000) + "." + std::to_string(bytes / 100'000 % 10) + " MB";
}

// Sets the time that the connection waits for others, as long as it lives.
class Patience {
 public:
  Patience(Connection& connection, int milliseconds) : connection_(connection) {
    connection_.wait_for_others(milliseconds);
  }
  ~Patience() { connection_.wait_for_others(Connection::patience_milliseconds); }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

 private:
  Connection& connection_;
};

// The log is written from its beginning again and again, and stays as long as it once was.
bool log_grew_large(const Connection& connection) {
  struct stat status{};
  return ::stat((connection.path() + "-wal").c_str(), &status) == 0 && status.st_size > largest_log_bytes;
}

struct LogState {
  bool busy;
  std::int64_t pages;
  std::int64_t moved;
};
LogState move_log(Connection& connection, const std::string& mode) {
  Statement row(connection, "PRAGMA wal_checkpoint(" + mode + ")");
  row.step();
  return {row.integer(0) != 0, row.integer(1), row.integer(2)};
}

std::string rewrite(Connection& connection, std::int64_t bytes) {
  if (bytes > largest_rewritten_bytes) {
    return "This database was made by a version that could not give space back bit by bit. `davylamp backup` and then "
           "`davylamp restore` make one that can.";
  }
  connection.run("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;");
  return "The database was rewritten, so that from now on it gives space back bit by bit.";
}

}  // namespace

std::string optimize(Connection& connection) {
  connection.run("PRAGMA analysis_limit = 400; PRAGMA optimize;");
  connection.release_memory();
  return "The statistics for choosing indexes are up to date.";
}

// PASSIVE waits for nobody. A log that grew large, because a reader or a long transaction held it, is cut when nobody
// uses it at this moment.
std::string checkpoint(Connection& connection) {
  const Patience none(connection, 0);
  const auto state = move_log(connection, "PASSIVE");
  if (state.moved == state.pages && log_grew_large(connection)) move_log(connection, "TRUNCATE");
  if (state.moved < state.pages) {
    return std::to_string(state.moved) + " of " + std::to_string(state.pages) +
           " pages of the log are in the database; a reader still needs the others.";
  }
  return "The database holds all that was in its log (" + std::to_string(std::max<std::int64_t>(state.pages, 0)) +
         " pages).";
}

// A tenth of the file stays free: the rows of tomorrow go there.
std::string vacuum(Connection& connection) {
  constexpr std::int64_t incremental = 2;
  const auto page_bytes = pragma(connection, "page_size");
  const auto pages = pragma(connection, "page_count");
  const auto free = pragma(connection, "freelist_count");
  if (pragma(connection, "auto_vacuum") != incremental) return rewrite(connection, pages * page_bytes);
  const auto surplus = std::min(free - pages / 10, pages_per_vacuum);
  if (surplus <= 0) return "There is no space worth giving back.";
  connection.run("PRAGMA incremental_vacuum(" + std::to_string(surplus) + ")");
  return megabytes(surplus * page_bytes) + " were given back; " + megabytes((free - surplus) * page_bytes) +
         " are free for what comes.";
}

}  // namespace davylamp::sqlite
