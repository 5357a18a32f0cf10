#include "store/postgres/cursor.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>

#include "base/text.hpp"
#include "store/postgres/sql_text.hpp"
#include "store/postgres/text_form.hpp"
#include "store/stored_form.hpp"

namespace davylamp::postgres {
namespace {

constexpr Oid bytea_type = 17;

template <class Number>
void write_number(std::string& text, Number number) {
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.assign(digits.data(), end);
}

}  // namespace

Cursor::Cursor(Connection& connection, std::string_view sql)
    : connection_(connection), prepared_(connection.link().statement(to_postgres(sql))) {}

Cursor::Value& Cursor::value(int index) {
  const auto place = static_cast<std::size_t>(index - 1);
  if (values_.size() <= place) values_.resize(place + 1);
  auto& value = values_[place];
  value.is_null = false;
  value.is_blob = false;
  return value;
}

void Cursor::bind_null(int index) {
  value(index).is_null = true;
}
void Cursor::bind_integer(int index, std::int64_t number) {
  write_number(value(index).text, number);
}
void Cursor::bind_real(int index, double number) {
  write_number(value(index).text, number);
}
void Cursor::bind_text(int index, std::string_view text) {
  auto& target = value(index).text;
  if (auto changed = stored_text(text)) {
    target = std::move(*changed);
  } else {
    target = text;
  }
}
void Cursor::bind_blob(int index, std::string_view bytes) {
  auto& target = value(index);
  target.text = bytes;
  target.is_blob = true;
  has_blob_ = true;
}

// Bytes go out as what the parameter is: a BYTEA, or text.
const Parameters& Cursor::parameters(Link& link) {
  if (has_blob_ && prepared_->parameter_types.empty()) link.describe(*prepared_);
  pointers_.values.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) {
    auto& value = values_[i];
    if (value.is_blob) {
      const bool is_bytea = i < prepared_->parameter_types.size() && prepared_->parameter_types[i] == bytea_type;
      value.text = is_bytea ? to_bytea(value.text) : stored_text(value.text).value_or(value.text);
      value.is_blob = false;
    }
    pointers_.values.push_back(value.is_null ? nullptr : value.text.c_str());
  }
  return pointers_;
}

bool Cursor::step() {
  originals_.clear();
  if (result_ == nullptr) {
    auto& link = connection_.link();
    result_ = link.execute(*prepared_, parameters(link));
    row_ = -1;
  }
  if (row_ + 1 >= PQntuples(result_.get())) return false;
  ++row_;
  return true;
}

void Cursor::reset() {
  result_.reset();
  originals_.clear();
  row_ = -1;
}

std::int64_t Cursor::run() {
  reset();
  auto& link = connection_.link();
  const auto result = link.execute(*prepared_, parameters(link));
  return base::parse_number<std::int64_t>(PQcmdTuples(result.get())).value_or(0);
}

void Cursor::post() {
  reset();
  auto& link = connection_.link();
  if (!connection_.in_unit()) {
    run();
    return;
  }
  link.post(*prepared_, parameters(link));
}

bool Cursor::is_null(int column) const {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

std::string_view Cursor::stored(int column) const {
  return {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

// A sum may be greater than a column holds, a truth is a letter.
std::int64_t Cursor::integer(int column) const {
  const auto text = stored(column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                 : static_cast<std::int64_t>(store::greatest_number);
  }
  return text == "t" ? 1 : number;
}

double Cursor::real(int column) const {
  const auto text = stored(column);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view Cursor::text_view(int column) const {
  const auto text = stored(column);
  if (PQftype(result_.get(), column) == bytea_type) return originals_.emplace_back(from_bytea(text));
  if (auto original = original_text(text)) return originals_.emplace_back(std::move(*original));
  return text;
}

std::string Cursor::column_name(int column) const {
  const auto* name = PQfname(result_.get(), column);
  return name == nullptr ? std::string() : name;
}

}  // namespace davylamp::postgres
