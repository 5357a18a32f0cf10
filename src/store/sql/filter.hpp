// The WHERE of a query whose filters may be absent: conditions, and the values that they bind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

struct Blob {
  std::string_view bytes;
};
using Value = std::variant<std::int64_t, std::string_view, Blob>;

// Values are bound in the order they were added, from parameter 1. Texts must outlive the statement's run.
class Filter {
 public:
  // Each '?' of `condition` stands for one of `values`.
  void require(std::string_view condition, std::initializer_list<Value> values = {});
  // `column` is one of `texts`; no texts, no condition.
  void require_any(std::string_view column, const std::vector<std::string>& texts);
  // "from <= column < to".
  void require_within(std::string_view column, base::Time from, base::Time to);

  // " WHERE ...", or nothing.
  std::string to_sql() const { return conditions_.empty() ? std::string() : " WHERE " + conditions_; }
  // Returns the index after the last.
  int bind(Statement& statement) const;

 private:
  std::string conditions_;
  std::vector<Value> values_;
};

}  // namespace davylamp::sql
