#include "store/postgres/rows_cursor.hpp"

#include <bit>

#include "store/postgres/text_form.hpp"

namespace davylamp::postgres {
namespace {

// pg_type.
constexpr std::uint32_t bigint_type = 20;
constexpr std::uint32_t text_type = 25;
constexpr std::uint32_t double_type = 701;
// array_recv() in PostgreSQL's arrayfuncs.c: dimensions, whether there are NULLs, the type, then the size and the first
// index of each dimension; a value is its size in bytes and its bytes, -1 is NULL. All numbers are big-endian.
constexpr std::size_t header_bytes = 20;
constexpr std::uint32_t null_size = 0xFFFF'FFFF;

template <class Number>
void append_number(std::string& bytes, Number number) {
  for (int shift = (static_cast<int>(sizeof number) - 1) * 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
}

}  // namespace

RowsCursor::Column& RowsCursor::column(int index) {
  if (over_) {
    for (auto& old : columns_) old = {.bytes = std::move(old.bytes)};
    for (auto& old : columns_) old.bytes.resize(header_bytes);
    rows_ = 0;
    over_ = false;
  }
  const auto place = static_cast<std::size_t>(index - 1);
  while (columns_.size() <= place) columns_.emplace_back().bytes.resize(header_bytes);
  auto& column = columns_[place];
  if (column.rows > rows_) {
    column.bytes.resize(column.last);
  } else {
    column.last = column.bytes.size();
    ++column.rows;
  }
  return column;
}

void RowsCursor::add(int index, std::uint32_t type, std::string_view value) {
  auto& target = column(index);
  target.type = type;
  append_number(target.bytes, static_cast<std::uint32_t>(value.size()));
  target.bytes += value;
}

void RowsCursor::bind_null(int index) {
  auto& target = column(index);
  target.has_null = true;
  append_number(target.bytes, null_size);
}

void RowsCursor::bind_integer(int index, std::int64_t value) {
  auto& target = column(index);
  target.type = bigint_type;
  append_number(target.bytes, std::uint32_t{sizeof value});
  append_number(target.bytes, static_cast<std::uint64_t>(value));
}

void RowsCursor::bind_real(int index, double value) {
  auto& target = column(index);
  target.type = double_type;
  append_number(target.bytes, std::uint32_t{sizeof value});
  append_number(target.bytes, std::bit_cast<std::uint64_t>(value));
}

void RowsCursor::bind_text(int index, std::string_view text) {
  const auto changed = stored_text(text);
  add(index, text_type, changed ? *changed : text);
}

void RowsCursor::end_row() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].rows == rows_) bind_null(static_cast<int>(i) + 1);
  }
  ++rows_;
}

// A list of NULLs only says nothing of its type: that is for the text form.
const Parameters& RowsCursor::parameters(Link& /*link*/) {
  sent_parameters_ = {};
  for (auto& column : columns_) {
    const bool has_type = column.type != 0;
    if (has_type) {
      std::string header;
      append_number(header, std::uint32_t{1});
      append_number(header, std::uint32_t{column.has_null});
      append_number(header, column.type);
      append_number(header, column.rows);
      append_number(header, std::uint32_t{1});
      column.bytes.replace(0, header_bytes, header);
    } else {
      column.bytes = "{";
      for (std::uint32_t i = 0; i < column.rows; ++i) column.bytes += i == 0 ? "NULL" : ",NULL";
      column.bytes += "}";
    }
    sent_parameters_.values.push_back(column.bytes.c_str());
    sent_parameters_.lengths.push_back(static_cast<int>(column.bytes.size()));
    sent_parameters_.formats.push_back(has_type ? 1 : 0);
  }
  over_ = true;
  return sent_parameters_;
}

}  // namespace davylamp::postgres
