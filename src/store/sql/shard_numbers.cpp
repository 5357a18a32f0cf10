#include "store/sql/shard_numbers.hpp"

#include <algorithm>

namespace davylamp::sql {
namespace {

using Members = boost::describe::describe_members<Numbers, boost::describe::mod_public>;

bool is_id(std::string_view name) {
  return name.starts_with("next_");
}

std::string load_sql() {
  std::string list;
  for (std::size_t i = 1; i <= boost::mp11::mp_size<Members>::value; ++i)
    list += (i == 1 ? "?" : ", ?") + std::to_string(i);
  return "SELECT name, value FROM meta WHERE name IN (" + list + ")";
}

}  // namespace

ShardNumbers::ShardNumbers(Connection& connection, const model::Shard& shard)
    : connection_(connection),
      suffix_(shard.is_chief() ? std::string() : "." + std::to_string(shard.index)),
      load_(connection, load_sql()),
      save_(connection,
            "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value") {}

// What others reached is looked up once: while this writer lives they give ids of their own series.
Numbers ShardNumbers::load() {
  if (!others_) others_ = of_others();
  Numbers numbers = *others_;
  std::vector<std::string> names;
  boost::mp11::mp_for_each<Members>([&](auto d) { names.push_back(d.name + suffix_); });
  for (std::size_t i = 0; i < names.size(); ++i) load_.bind(static_cast<int>(i) + 1, names[i]);
  while (load_.step()) {
    const auto name = load_.text(0);
    boost::mp11::mp_for_each<Members>([&](auto d) {
      auto& number = numbers.*d.pointer;
      if (name == d.name + suffix_) number = std::max(number, load_.get<std::uint64_t>(1));
    });
  }
  load_.reset();
  return numbers;
}

// '/' follows '.'.
Numbers ShardNumbers::of_others() {
  Numbers numbers;
  Statement most(connection_, "SELECT max(value) FROM meta WHERE name = ?1 OR (name > ?2 AND name < ?3)");
  boost::mp11::mp_for_each<Members>([&](auto d) {
    if (!is_id(d.name)) return;
    const std::string name = d.name;
    const auto first = name + ".";
    const auto last = name + "/";
    most.bind_all(name, first, last);
    auto& number = numbers.*d.pointer;
    if (most.step()) number = std::max(number, most.get<std::uint64_t>(0));
    most.reset();
  });
  return numbers;
}

void ShardNumbers::save(const Numbers& before, const Numbers& after) {
  boost::mp11::mp_for_each<Members>([&](auto d) {
    if (before.*d.pointer == after.*d.pointer) return;
    const auto name = d.name + suffix_;
    save_.bind_all(name, after.*d.pointer);
    save_.post();
  });
}

}  // namespace davylamp::sql
