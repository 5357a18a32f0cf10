// One codec for config, bus, REST and WebSocket: BOOST_DESCRIBE_STRUCT on a plain struct makes it readable and
// writable. An absent std::optional is left out; a Time is UNIX seconds; an enum is its name; a variant is its
// alternative's members behind "kind" (each alternative has `static constexpr std::string_view kind`).
#pragma once

#include <boost/describe.hpp>
#include <boost/json/fwd.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace davylamp::base::json {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
// A type with a text form of its own: `std::string to_string() const` and `static Result<T> parse(std::string_view)`.
template <class T>
concept Textual = requires(const T& value) {
  { value.to_string() } -> std::same_as<std::string>;
  T::parse(std::string_view{});
};

// The name of an enumerator as it is spelt in C++ with a trailing underscore removed (`private_` is "private").
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) name = d.name;
  });
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}
template <DescribedEnum E>
constexpr std::optional<E> enum_value(std::string_view text) {
  std::optional<E> value;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    std::string_view name = d.name;
    if (name.ends_with('_')) name.remove_suffix(1);
    if (name == text) value = d.value;
  });
  return value;
}

// ---- writing: appends to `out`; never fails. Text that is not UTF-8 gets U+FFFD for each bad byte.
void append(std::string& out, std::string_view text);
void append(std::string& out, double number);
void append(std::string& out, Time time);
void append_integer(std::string& out, std::int64_t number);
void append_integer(std::string& out, std::uint64_t number);
inline void append(std::string& out, const std::string& text) {
  append(out, std::string_view(text));
}
inline void append(std::string& out, const char* text) {
  append(out, std::string_view(text));
}
inline void append(std::string& out, bool value) {
  out += value ? "true" : "false";
}
template <std::integral T>
  requires(!std::same_as<T, bool>)
void append(std::string& out, T number) {
  if constexpr (std::is_signed_v<T>) {
    append_integer(out, static_cast<std::int64_t>(number));
  } else {
    append_integer(out, static_cast<std::uint64_t>(number));
  }
}
template <DescribedEnum E>
void append(std::string& out, E value) {
  append(out, enum_name(value));
}
template <Textual T>
void append(std::string& out, const T& value) {
  append(out, std::string_view(value.to_string()));
}
template <class T>
void append(std::string& out, const std::vector<T>& items);
template <class T>
void append(std::string& out, const std::map<std::string, T>& items);
template <class... T>
void append(std::string& out, const std::variant<T...>& value);
template <Described T>
  requires(!Textual<T>)
void append(std::string& out, const T& value);

// The members of `value` without the braces, for writers that add members of their own. `first` is cleared once
// something was written.
template <class T>
void append_members(std::string& out, const T& value, bool& first) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  const auto member = [&](std::string_view name, const auto& item) {
    if (!first) out += ',';
    first = false;
    out += '"';
    out += name;
    out += "\":";
    append(out, item);
  };
  boost::mp11::mp_for_each<Members>([&](auto d) {
    const auto& item = value.*d.pointer;
    if constexpr (requires {
                    item.has_value();
                    *item;
                  }) {
      if (item) member(d.name, *item);
    } else {
      member(d.name, item);
    }
  });
}
template <Described T>
  requires(!Textual<T>)
void append(std::string& out, const T& value) {
  out += '{';
  bool first = true;
  append_members(out, value, first);
  out += '}';
}
template <class T>
void append(std::string& out, const std::vector<T>& items) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) out += ',';
    append(out, items[i]);
  }
  out += ']';
}
template <class T>
void append(std::string& out, const std::map<std::string, T>& items) {
  out += '{';
  bool first = true;
  for (const auto& [name, item] : items) {
    if (!first) out += ',';
    first = false;
    append(out, name);
    out += ':';
    append(out, item);
  }
  out += '}';
}
template <class... T>
void append(std::string& out, const std::variant<T...>& value) {
  std::visit(
      [&](const auto& item) {
        out += "{\"kind\":";
        append(out, std::decay_t<decltype(item)>::kind);
        bool first = false;
        append_members(out, item, first);
        out += '}';
      },
      value);
}
template <class T>
std::string write(const T& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace davylamp::base::json
