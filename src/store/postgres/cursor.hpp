// One statement on PostgreSQL. All rows of an answer are at hand at once.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "store/postgres/connection.hpp"

namespace davylamp::postgres {

class Cursor : public sql::Cursor {
 public:
  Cursor(Connection& connection, std::string_view sql);

  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_real(int index, double value) override;
  void bind_text(int index, std::string_view text) override;
  void bind_text_copy(int index, std::string_view text) override { bind_text(index, text); }
  void bind_blob(int index, std::string_view bytes) override;
  bool step() override;
  void reset() override;
  std::int64_t run() override;
  void post() override;
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text_view(int column) const override;
  std::string column_name(int column) const override;

 protected:
  // What goes with the statement now; until the next call.
  virtual const Parameters& parameters(Link& link);

 private:
  struct Value {
    std::string text;
    bool is_null = true;
    bool is_blob = false;
  };
  Value& value(int index);
  std::string_view stored(int column) const;

  Connection& connection_;
  std::shared_ptr<Prepared> prepared_;
  std::vector<Value> values_;
  Parameters pointers_;
  bool has_blob_ = false;
  ResultPointer result_;
  int row_ = -1;
  mutable std::deque<std::string> originals_;  // of the row: what does not stand in the answer as it was
};

}  // namespace davylamp::postgres
