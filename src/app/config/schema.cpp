#include "app/config/schema.hpp"

#include <algorithm>
#include <numeric>

#include "app/config.hpp"
#include "base/codec.hpp"

namespace davylamp::app {
namespace {

using base::json::DescribedEnum;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
  using Inner = T;
};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {
  using Inner = T;
};

class Walker {
 public:
  explicit Walker(std::vector<Key>& keys) : keys_(keys) {}

  template <class T>
  void members(const std::string& prefix, const T& defaults) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto d) { member(prefix.empty() ? d.name : prefix + "." + d.name, defaults.*d.pointer); });
  }

 private:
  template <class T>
  void member(const std::string& path, const T& value) {
    if constexpr (IsOptional<T>::value) {
      member(path, typename IsOptional<T>::Inner{});
      keys_.back().optional = true;
      keys_.back().default_value.clear();
    } else if constexpr (std::same_as<T, std::vector<std::string>>) {
      keys_.push_back({path, KeyType::list_of_text, false, "[]", {}});
    } else if constexpr (std::same_as<T, std::vector<std::uint16_t>>) {
      keys_.push_back({path, KeyType::list_of_numbers, false, "[]", {}});
    } else if constexpr (IsVector<T>::value) {
      keys_.push_back({path, KeyType::list_of_tables, false, "", {}});
      members(path + "[]", typename IsVector<T>::Inner{});
    } else if constexpr (base::json::Textual<T> || std::same_as<T, std::string>) {
      keys_.push_back({path, KeyType::text, false, base::json::write(value), {}});
    } else if constexpr (base::json::Described<T>) {
      keys_.push_back({path, KeyType::table, false, "", {}});
      members(path, value);
    } else {
      plain(path, value);
    }
  }

  template <class T>
  void plain(const std::string& path, const T& value) {
    auto& key = keys_.emplace_back(Key{path, KeyType::whole_number, false, base::json::write(value), {}});
    if constexpr (DescribedEnum<T>) {
      key.type = KeyType::choice;
      boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
          [&](auto d) { key.choices.emplace_back(base::json::enum_name(d.value)); });
    } else if constexpr (std::same_as<T, bool>) {
      key.type = KeyType::boolean;
    } else if constexpr (std::floating_point<T>) {
      key.type = KeyType::number;
    }
  }

  std::vector<Key>& keys_;
};

// "tls" is a part of "start_tls", and "bind_password" of "bind_password_file".
bool has_words(std::string_view name, std::string_view words) {
  return ("_" + std::string(name) + "_").contains("_" + std::string(words) + "_");
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}
std::string_view table_of(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? "" : path.substr(0, dot);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

std::vector<Key> config_keys() {
  std::vector<Key> keys;
  Walker(keys).members("", Config{});
  return keys;
}

std::string without_indices(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

std::string suggestion_for(std::string_view path, const std::vector<Key>& keys) {
  const auto wanted = without_indices(path);
  // No key is longer than this, and a longer one must not cost time.
  const auto name = last_name(wanted).substr(0, 64);
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  std::string siblings;
  std::string elsewhere;
  std::string_view longer;
  for (const auto& key : keys) {
    if (last_name(key.path) == name) elsewhere = key.path;
    if (table_of(key.path) != table_of(wanted)) continue;
    siblings += (siblings.empty() ? "" : ", ") + std::string(last_name(key.path));
    if (longer.empty() && has_words(last_name(key.path), name)) longer = last_name(key.path);
    const auto distance = edit_distance(name, last_name(key.path));
    if (distance < least) {
      least = distance;
      nearest = last_name(key.path);
    }
  }
  if (!nearest.empty()) return "; did you mean " + std::string(nearest) + "?";
  if (!longer.empty()) return "; did you mean " + std::string(longer) + "?";
  if (!elsewhere.empty()) return "; did you mean " + elsewhere + "?";
  return siblings.empty() ? "" : "; known here: " + siblings;
}

}  // namespace davylamp::app
