// Reading lists, apart from the rest: it takes all of the JSON library.
#include "base/codec_read.hpp"
#include "model/server.hpp"
#include "store/sqlite/statement.hpp"

namespace davylamp::sqlite {

template <class T>
void Statement::read(int column, std::vector<T>& items) const {
  items.clear();
  const auto written = text(column);
  base::json::Reader reader;
  boost::system::error_code error;
  const auto value = boost::json::parse(written, error);
  if (!error) reader.read(value, items);
  if (error || !reader.problems().empty()) fail_on(column, written);
}

template void Statement::read(int, std::vector<std::string>&) const;
template void Statement::read(int, std::vector<std::uint32_t>&) const;
template void Statement::read(int, std::vector<model::Expiry>&) const;

}  // namespace davylamp::sqlite
