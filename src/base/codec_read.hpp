// The reading half of the codec: a JSON value into described structs. Strict: an unknown member, a wrong type and a
// number out of range are problems, each with its path ("openvpn[0].managment: unknown key"); all are reported, not
// only the first. A member that is absent keeps its default; a std::optional may be absent.
#pragma once

#include <boost/json.hpp>
#include <limits>

#include "base/codec.hpp"
#include "base/result.hpp"

namespace davylamp::base::json {

class Reader {
 public:
  // Reads into `target`, which holds the defaults. What cannot be read leaves its default and adds a problem.
  template <class T>
  void read(const boost::json::value& value, T& target) {
    read_into(value, target);
  }
  // "path: what is wrong", in the order met.
  const std::vector<std::string>& problems() const { return problems_; }
  void problem(std::string_view what) {
    problems_.push_back(path_.empty() ? std::string(what) : path_ + ": " + std::string(what));
  }
  // Runs `body` with `name` added to the path.
  template <class Body>
  void within(std::string_view name, Body body) {
    const auto size = path_.size();
    if (!path_.empty() && !name.starts_with('[')) path_ += '.';
    path_ += name;
    body();
    path_.resize(size);
  }

 private:
  void read_into(const boost::json::value& value, bool& target);
  void read_into(const boost::json::value& value, double& target);
  void read_into(const boost::json::value& value, std::string& target);
  void read_into(const boost::json::value& value, Time& target);
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void read_into(const boost::json::value& value, T& target);
  template <DescribedEnum E>
  void read_into(const boost::json::value& value, E& target);
  template <Textual T>
  void read_into(const boost::json::value& value, T& target);
  template <class T>
  void read_into(const boost::json::value& value, std::optional<T>& target);
  template <class T>
  void read_into(const boost::json::value& value, std::vector<T>& target);
  template <class T>
  void read_into(const boost::json::value& value, std::map<std::string, T>& target);
  template <class... T>
  void read_into(const boost::json::value& value, std::variant<T...>& target);
  template <Described T>
    requires(!Textual<T>)
  void read_into(const boost::json::value& value, T& target);
  // All of `members` into `target`, but for the one called `besides`.
  template <class T>
  void read_members(const boost::json::object& members, T& target, std::string_view besides);
  template <class T>
  bool read_member(const boost::json::object::value_type& member, T& target);
  std::optional<std::int64_t> signed_number(const boost::json::value& value);
  std::optional<std::uint64_t> unsigned_number(const boost::json::value& value);
  void wrong_type(std::string_view wanted, const boost::json::value& value);

  std::string path_;
  std::vector<std::string> problems_;
};

// Text into a value; the error names every problem.
Result<boost::json::value> parse(std::string_view text);
template <class T>
Result<T> read(std::string_view text) {
  auto value = parse(text);
  if (!value) return std::unexpected(value.error());
  Reader reader;
  T target{};
  reader.read(*value, target);
  if (reader.problems().empty()) return target;
  std::string all;
  for (const auto& problem : reader.problems()) all += (all.empty() ? "" : "; ") + problem;
  return fail("bad_json", all);
}

template <std::integral T>
  requires(!std::same_as<T, bool>)
void Reader::read_into(const boost::json::value& value, T& target) {
  using Limits = std::numeric_limits<T>;
  const auto put = [&](auto number) {
    const bool below = std::is_unsigned_v<T> && value.is_int64() && value.get_int64() < 0;
    if (!number && !below) return wrong_type("a whole number", value);
    if (below || !std::in_range<T>(*number)) {
      return problem("must be between " + std::to_string(Limits::min()) + " and " + std::to_string(Limits::max()));
    }
    target = static_cast<T>(*number);
  };
  if constexpr (std::is_signed_v<T>) {
    put(signed_number(value));
  } else {
    put(unsigned_number(value));
  }
}
template <DescribedEnum E>
void Reader::read_into(const boost::json::value& value, E& target) {
  if (!value.is_string()) return wrong_type("text", value);
  const auto found = enum_value<E>(std::string_view(value.get_string()));
  if (found) {
    target = *found;
    return;
  }
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { names += (names.empty() ? "" : ", ") + std::string(enum_name(d.value)); });
  problem("\"" + std::string(value.get_string()) + "\" is not one of " + names);
}
template <Textual T>
void Reader::read_into(const boost::json::value& value, T& target) {
  if (!value.is_string()) return wrong_type("text", value);
  auto parsed = T::parse(std::string_view(value.get_string()));
  if (!parsed) return problem(parsed.error().message);
  target = std::move(*parsed);
}
template <class T>
void Reader::read_into(const boost::json::value& value, std::optional<T>& target) {
  T item{};
  const auto before = problems_.size();
  read_into(value, item);
  if (problems_.size() == before) target = std::move(item);
}
template <class T>
void Reader::read_into(const boost::json::value& value, std::vector<T>& target) {
  if (!value.is_array()) return wrong_type("a list", value);
  target.clear();
  const auto& items = value.get_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    within("[" + std::to_string(i) + "]", [&] { read_into(items[i], target.emplace_back()); });
  }
}
template <class T>
void Reader::read_into(const boost::json::value& value, std::map<std::string, T>& target) {
  if (!value.is_object()) return wrong_type("a table", value);
  target.clear();
  for (const auto& member : value.get_object()) {
    within(member.key(), [&] { read_into(member.value(), target[std::string(member.key())]); });
  }
}
template <class... T>
void Reader::read_into(const boost::json::value& value, std::variant<T...>& target) {
  const auto* kind = value.is_object() ? value.get_object().if_contains("kind") : nullptr;
  if (kind == nullptr || !kind->is_string()) return problem("needs a \"kind\"");
  bool known = false;
  const auto attempt = [&]<class Item>(std::type_identity<Item>) {
    if (known || Item::kind != std::string_view(kind->get_string())) return;
    known = true;
    read_members(value.get_object(), target.template emplace<Item>(), "kind");
  };
  (attempt(std::type_identity<T>{}), ...);
  if (!known) problem("unknown kind \"" + std::string(kind->get_string()) + "\"");
}
template <Described T>
  requires(!Textual<T>)
void Reader::read_into(const boost::json::value& value, T& target) {
  if (!value.is_object()) return wrong_type("a table", value);
  read_members(value.get_object(), target, {});
}
template <class T>
void Reader::read_members(const boost::json::object& members, T& target, std::string_view besides) {
  for (const auto& member : members) {
    if (!besides.empty() && besides == std::string_view(member.key())) continue;
    within(member.key(), [&] {
      if (!read_member(member, target)) problem("unknown key");
    });
  }
}
template <class T>
bool Reader::read_member(const boost::json::object::value_type& member, T& target) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  bool known = false;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    if (known || std::string_view(member.key()) != d.name) return;
    known = true;
    read_into(member.value(), target.*d.pointer);
  });
  return known;
}

}  // namespace davylamp::base::json
