#include "store/sql/statement.hpp"

#include <array>
#include <charconv>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {

void Statement::bind(int index, base::Time time) {
  bind(index, base::to_unix_seconds(time));
}

void Statement::bind(int index, std::uint64_t value) {
  if (value > store::greatest_number) connection_.count_clamped_value();
  bind(index, static_cast<std::int64_t>(store::clamped(value)));
}

// inet_ntop goes through printf; ten thousand new sessions have some thirty thousand addresses.
void Statement::bind(int index, const model::Address& address) {
  std::array<char, 16> text{};
  std::size_t size = 0;
  if (!address.is_v4()) {
    cursor_->bind_text_copy(index, address.to_string());
    return;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) text.at(size++) = '.';
    const auto end = std::to_chars(text.data() + size, text.data() + text.size(), address.bytes().at(i)).ptr;
    size = static_cast<std::size_t>(end - text.data());
  }
  cursor_->bind_text_copy(index, {text.data(), size});
}

void Statement::read(int column, model::Address& value) const {
  const auto address_text = text(column);
  const auto address = model::Address::parse(address_text);
  if (!address) fail_on(column, address_text);
  value = *address;
}

void Statement::fail_on(int column, std::string_view value) const {
  throw base::Failure("store_corrupt", "cannot read the database " + connection_.name() + ": column " +
                                           cursor_->column_name(column) + " holds \"" +
                                           base::printable(value.substr(0, 64)) +
                                           "\", which this version does not know; was it written by a newer one?");
}

}  // namespace davylamp::sql
