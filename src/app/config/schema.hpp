// Every key that a configuration may have, found by reflection.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace davylamp::app {

enum class KeyType {
  text,
  list_of_text,
  list_of_numbers,
  whole_number,
  number,
  boolean,
  choice,
  table,
  list_of_tables
};

struct Key {
  std::string path;  // "store.path", "source.openvpn[].name"
  KeyType type = KeyType::text;
  bool optional = false;
  std::string default_value;         // as TOML; empty when optional or a table
  std::vector<std::string> choices;  // of a choice
};

// Tables before their members, in the order of the structs.
std::vector<Key> config_keys();

// "source.openvpn[3].name" -> "source.openvpn[].name".
std::string without_indices(std::string_view path);

// Letters to change, add or leave out until one is the other. Takes time by the product of both lengths.
std::size_t edit_distance(std::string_view a, std::string_view b);

// For an unknown key: what was probably meant, as the end of a sentence ("; did you mean management?"), else the keys
// there are.
std::string suggestion_for(std::string_view path, const std::vector<Key>& keys);

}  // namespace davylamp::app
