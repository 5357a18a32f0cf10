#include "store/sql/session_facts.hpp"

#include <sodium.h>

#include <algorithm>
#include <type_traits>

#include "store/sql/bulk_insert.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

constexpr bool is_moving(std::string_view name) {
  return std::ranges::find(moving_columns, name) != moving_columns.end();
}

template <class Visit>
void for_each_moving(Visit visit) {
  boost::mp11::mp_for_each<Members<model::Session>>([&](auto d) {
    if constexpr (is_moving(d.name)) visit(d);
  });
}

template <class Number>
void append_number(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// A length before each text, and a byte before what may be absent: no two rows have the same bytes.
void append(std::string& bytes, std::string_view text) {
  append_number(bytes, text.size());
  bytes += text;
}
void append(std::string& bytes, const model::Address& address) {
  bytes += address.is_v4() ? '4' : '6';
  bytes.append(reinterpret_cast<const char*>(address.bytes().data()), address.bytes().size());
}
void append(std::string& bytes, base::Time time) {
  append_number(bytes, time.time_since_epoch().count());
}
template <class Number>
  requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>)
void append(std::string& bytes, Number number) {
  append_number(bytes, number);
}
template <class T>
void append(std::string& bytes, const std::optional<T>& value);

void append(std::string& bytes, const model::Place& place) {
  boost::mp11::mp_for_each<Members<model::Place>>([&](auto d) { append(bytes, place.*d.pointer); });
}
template <class T>
void append(std::string& bytes, const std::optional<T>& value) {
  bytes += value ? '1' : '0';
  if (value) append(bytes, *value);
}

}  // namespace

std::string move_sql() {
  std::vector<std::string_view> types{"BIGINT"};
  std::string columns = "id";
  std::string assignments;
  for_each_moving([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<model::Session&>().*d.pointer)>;
    types.push_back(sql_type<Member>());
    const std::string name = d.name;
    columns += ", " + name;
    assignments += (assignments.empty() ? "" : ", ") + name + " = moved." + name;
  });
  return "UPDATE sessions SET " + assignments + " FROM " + rows_sql(types) + " AS moved (" + columns +
         ") WHERE sessions.id = moved.id AND sessions.state = 'open'";
}

void bind_moving(Statement& statement, const model::Session& session) {
  int index = 1;
  statement.bind(index++, session.id);
  for_each_moving([&](auto d) { statement.bind(index++, session.*d.pointer); });
}

FactsDigest::FactsDigest() : key_(crypto_shorthash_KEYBYTES, '\0') {
  if (sodium_init() < 0) throw base::Failure("no_random", "libsodium cannot start: the system gives no random numbers");
  randombytes_buf(key_.data(), key_.size());
}

std::uint64_t FactsDigest::of(const contract::StoredSession& stored, std::int64_t source) {
  bytes_.clear();
  append(bytes_, source);
  append(bytes_, stored.peer);
  boost::mp11::mp_for_each<Members<model::Session>>([&](auto d) {
    if constexpr (!is_moving(d.name)) append(bytes_, stored.session.*d.pointer);
  });
  std::uint64_t digest = 0;
  static_assert(sizeof digest == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&digest), reinterpret_cast<const unsigned char*>(bytes_.data()),
                   bytes_.size(), reinterpret_cast<const unsigned char*>(key_.data()));
  return digest;
}

}  // namespace davylamp::sql
