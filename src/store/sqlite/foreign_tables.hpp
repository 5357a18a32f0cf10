// Reads tables of SQLite databases that are not Davylamp's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace davylamp::sqlite {

// A value as text; nothing where it is NULL.
using ForeignRow = std::vector<std::optional<std::string>>;

// Read-only. Throws base::Failure that names the path and what to do.
class ForeignDatabase {
 public:
  explicit ForeignDatabase(const std::string& path);
  // In the order of the table; empty when there is no such table.
  std::vector<std::string> columns(const std::string& table);
  // The rows in their own order, with the wanted columns. Table and columns must be there.
  std::vector<ForeignRow> rows(const std::string& table, const std::vector<std::string>& columns);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::vector<ForeignRow> ask(const std::string& sql);
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace davylamp::sqlite
