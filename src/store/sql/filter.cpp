#include "store/sql/filter.hpp"

namespace davylamp::sql {

void Filter::require(std::string_view condition, std::initializer_list<Value> values) {
  if (!conditions_.empty()) conditions_ += " AND ";
  conditions_ += condition;
  values_.insert(values_.end(), values);
}

void Filter::require_any(std::string_view column, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::string condition(column);
  for (std::size_t i = 0; i < texts.size(); ++i) condition += i == 0 ? " IN (?" : ", ?";
  require(condition + ")");
  for (const auto& text : texts) values_.emplace_back(std::string_view(text));
}

void Filter::require_within(std::string_view column, base::Time from, base::Time to) {
  const auto name = std::string(column);
  require(name + " >= ? AND " + name + " < ?", {base::to_unix_seconds(from), base::to_unix_seconds(to)});
}

int Filter::bind(Statement& statement) const {
  int index = 1;
  for (const auto& value : values_) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(index++, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      statement.bind(index++, *text);
    } else {
      statement.bind_blob(index++, std::get<Blob>(value).bytes);
    }
  }
  return index;
}

}  // namespace davylamp::sql
