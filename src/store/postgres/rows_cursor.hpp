// A statement on many rows: a list of values for each column, in the server's binary form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/postgres/cursor.hpp"

namespace davylamp::postgres {

// See sql::Connection::prepare_rows(). The values of a column have one type: BIGINT, TEXT or DOUBLE PRECISION.
class RowsCursor final : public Cursor {
 public:
  RowsCursor(Connection& connection, std::string_view sql) : Cursor(connection, sql) {}

  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_real(int index, double value) override;
  void bind_text(int index, std::string_view text) override;
  void bind_blob(int index, std::string_view bytes) override { bind_text(index, bytes); }
  void end_row() override;
  // Rows that were bound and never sent are forgotten, too.
  void reset() override {
    Cursor::reset();
    over_ = true;
  }

 protected:
  const Parameters& parameters(Link& link) override;

 private:
  struct Column {
    std::string bytes;       // a header, then each value with its size before it
    std::size_t last = 0;    // where the value of this row begins
    std::uint32_t rows = 0;  // that have a value, or NULL
    std::uint32_t type = 0;  // as pg_type names it; 0: only NULL so far
    bool has_null = false;
  };
  // Ready for the value of this row; a second one takes the place of the first.
  Column& column(int index);
  void add(int index, std::uint32_t type, std::string_view value);

  std::vector<Column> columns_;
  std::uint32_t rows_ = 0;  // that were ended
  bool over_ = false;       // what is in the columns was sent, or is not wanted
  Parameters sent_parameters_;
};

}  // namespace davylamp::postgres
