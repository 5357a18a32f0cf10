// One prepared statement of SQLite.
#pragma once

#include <memory>

#include "store/sql/engine.hpp"

struct sqlite3_stmt;

namespace davylamp::sqlite {

class Connection;

class Cursor final : public sql::Cursor {
 public:
  Cursor(Connection& connection, std::string_view sql);
  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_real(int index, double value) override;
  void bind_text(int index, std::string_view text) override;
  void bind_text_copy(int index, std::string_view text) override;
  void bind_blob(int index, std::string_view bytes) override;
  bool step() override;
  void reset() override;
  std::int64_t run() override;
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text_view(int column) const override;
  std::string column_name(int column) const override;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int result) const;

  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace davylamp::sqlite
