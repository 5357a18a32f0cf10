// Reading lists and structs, apart from the rest: it takes all of the JSON library.
#include "base/codec_read.hpp"
#include "model/account.hpp"
#include "model/incident.hpp"
#include "model/server.hpp"
#include "model/session.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

namespace {

template <class T>
bool read_json(std::string_view written, T& target) {
  base::json::Reader reader;
  boost::system::error_code error;
  const auto value = boost::json::parse(written, error);
  if (!error) reader.read(value, target);
  return !error && reader.problems().empty();
}

}  // namespace

template <class T>
void Statement::read(int column, std::vector<T>& items) const {
  items.clear();
  const auto written = text(column);
  if (!read_json(written, items)) fail_on(column, written);
}

template <base::json::Described T>
void Statement::read(int column, T& value) const {
  value = {};
  const auto written = text(column);
  if (!read_json(written, value)) fail_on(column, written);
}

template void Statement::read(int, std::vector<std::string>&) const;
template void Statement::read(int, std::vector<std::uint32_t>&) const;
template void Statement::read(int, std::vector<model::Expiry>&) const;
template void Statement::read(int, std::vector<model::WitnessFacts>&) const;
template void Statement::read(int, std::vector<model::InterfaceFacts>&) const;
template void Statement::read(int, model::Evidence&) const;
template void Statement::read(int, model::Quality&) const;
template void Statement::read(int, model::FenceFacts&) const;
template void Statement::read(int, model::ExitExpectation&) const;
template void Statement::read(int, model::ResolverExpectation&) const;
template void Statement::read(int, model::SecondFactor&) const;
template void Statement::read(int, model::Agent&) const;
template void Statement::read(int, model::Incident&) const;
template void Statement::read(int, model::Delivery&) const;

}  // namespace davylamp::sql
