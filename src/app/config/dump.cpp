#include "app/config.hpp"
#include "base/codec.hpp"

namespace davylamp::app {
namespace {

// TOML's basic strings take what JSON's do, and the codec writes no escape that TOML lacks.
class TomlWriter {
 public:
  template <class T>
  void table(const std::string& path, const T& value) {
    if (has_lines<T>()) begin("[" + path + "]");
    members(path, value);
  }
  std::string take() { return std::move(out_); }

 private:
  template <class T>
  static constexpr bool is_table_list =
      requires(const T& list) { requires base::json::Described<typename T::value_type>; };

  // Not so for a table that holds nothing but lists of tables.
  template <class T>
  static constexpr bool has_lines() {
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto d) {
      using Item = std::decay_t<decltype(std::declval<T>().*d.pointer)>;
      found = found || !is_table_list<Item>;
    });
    return found;
  }

  template <class T>
  void members(const std::string& path, const T& value) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto d) {
      const auto& item = value.*d.pointer;
      using Item = std::decay_t<decltype(item)>;
      if constexpr (is_table_list<Item>) {
        for (const auto& entry : item) {
          begin("[[" + path + "." + d.name + "]]");
          members(path + "." + d.name, entry);
        }
      } else if constexpr (requires { item.has_value(); }) {
        if (item) line(d.name, *item);
      } else {
        line(d.name, item);
      }
    });
  }
  template <class T>
  void line(const char* name, const T& value) {
    out_ += name;
    out_ += " = ";
    base::json::append(out_, value);
    out_ += '\n';
  }
  void begin(const std::string& heading) { out_ += (out_.empty() ? "" : "\n") + heading + "\n"; }
  std::string out_;
};

}  // namespace

std::string to_toml(const Config& config) {
  TomlWriter writer;
  boost::mp11::mp_for_each<boost::describe::describe_members<Config, boost::describe::mod_public>>(
      [&](auto d) { writer.table(d.name, config.*d.pointer); });
  return writer.take();
}

}  // namespace davylamp::app
